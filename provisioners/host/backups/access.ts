import { readFile } from 'node:fs/promises'
import type { BackupSource } from '../../backups/backup.ts'
import type { DatabaseAccess } from '../../backups/source/access.ts'
import { Secret } from '../../engine/secret.ts'
import { type DatabaseName, databases } from '../../shop/secrets.ts'
import type { Host } from '../host.ts'
import { databaseSocketFolder, machine } from '../layout.ts'
import { databasePort } from '../site/postgres/network.ts'
import { restorer, restorerSecret } from '../site/postgres/restorer.ts'
import type { ShopSettings } from '../site/shop/settings.ts'
import { activeSlot } from '../site/shop/slot.ts'

const socket = { host: databaseSocketFolder, port: databasePort }

/** What is backed up, or restored: of which shop the data is. */
export interface ShopName {
  name: string
  domain: string
  currency: string
}

/** Where the databases of the shop are, as seen from the machine whose processes use them. */
export async function placeOf(database: ShopSettings['database']) {
  if (!database) return socket
  const authority = await readFile(machine.databaseAuthority, 'utf8')
  return { host: database.address, port: databasePort, authority }
}

/** Each service's own role in its own database. */
export async function serviceAccess(
  host: Host,
  database: ShopSettings['database'],
): Promise<Record<DatabaseName, DatabaseAccess>> {
  const place = await placeOf(database)
  const entries = await Promise.all(
    databases.map(async (name) => {
      const password = await host.secret(`database-${name}`)
      return [name, { ...place, user: name, database: name, password }] as const
    }),
  )
  return Object.fromEntries(entries) as Record<DatabaseName, DatabaseAccess>
}

/** Here the cluster takes root for its superuser, by peer authentication; another machine's has a role for this. */
export async function adminAccess(host: Host, database: ShopSettings['database']): Promise<DatabaseAccess> {
  const place = { ...(await placeOf(database)), database: 'postgres' }
  if (!database) return { ...place, user: 'postgres', password: new Secret('') }
  return { ...place, user: restorer, password: await host.secret(restorerSecret) }
}

export async function machineSource(host: Host, shop: ShopName, bookstore: string): Promise<BackupSource> {
  const active = await activeSlot()
  const databases = await serviceAccess(host, active?.settings.database)
  return { shop, bookstore, databases, covers: machine.covers }
}
