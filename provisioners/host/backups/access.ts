import type { BackupSource } from '../../backups/backup.ts'
import type { DatabaseAccess } from '../../backups/source/access.ts'
import { Secret } from '../../engine/secret.ts'
import { type DatabaseName, databases } from '../../shop/secrets.ts'
import type { Host } from '../host.ts'
import { databaseSocketFolder, machine } from '../layout.ts'

const socket = { host: databaseSocketFolder, port: 5432 }

/** What is backed up, or restored: of which shop the data is. */
export interface ShopName {
  name: string
  domain: string
  currency: string
}

/** Each service's own role in its own database. */
export async function serviceAccess(host: Host): Promise<Record<DatabaseName, DatabaseAccess>> {
  const entries = await Promise.all(
    databases.map(async (name) => {
      const password = await host.secret(`database-${name}`)
      return [name, { ...socket, user: name, database: name, password }] as const
    }),
  )
  return Object.fromEntries(entries) as Record<DatabaseName, DatabaseAccess>
}

/** The cluster takes root for its superuser, by peer authentication. */
export const adminAccess: DatabaseAccess = {
  ...socket,
  user: 'postgres',
  database: 'postgres',
  password: new Secret(''),
}

export async function machineSource(host: Host, shop: ShopName, bookstore: string): Promise<BackupSource> {
  return { shop, bookstore, databases: await serviceAccess(host), covers: machine.covers }
}
