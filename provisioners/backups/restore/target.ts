import type { Context } from '../../engine/resource.ts'
import type { Manifest } from '../manifest.ts'
import type { DatabaseAccess } from '../source/access.ts'

/** Where a backup is to be restored. The databases and their roles must be there; what they hold is replaced. */
export interface RestoreTarget {
  shop: Pick<Manifest['shop'], 'currency'>
  /** By the name of the service, as its own role. */
  databases: Readonly<Record<string, DatabaseAccess>>
  /** A role that may make, rename and drop databases and end the sessions of others; connected to another database. */
  admin: DatabaseAccess
  covers: string
  /** Folder of a service's migrations (`.sql`) in this release. */
  migrations(service: string): string
  /** Returns when no process of the shop has a connection any more. May be called again. */
  stopWrites(ctx: Context): Promise<void>
  /** Returns when the shop is ready again, on what the databases hold by then. May be called again. */
  startWrites(ctx: Context): Promise<void>
  /** Brings what three databases say to agree: they share no snapshot. */
  reconcile(ctx: Context): Promise<void>
}
