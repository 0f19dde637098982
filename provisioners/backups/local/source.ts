import packageJson from '../../../package.json' with { type: 'json' }
import { BookstoreError } from '../../engine/errors.ts'
import { LocalSite } from '../../local/local-site.ts'
import { builtPrograms } from '../../local/programs.ts'
import { type DatabaseName, databases, type SecretName } from '../../shop/secrets.ts'
import type { Site } from '../../site.ts'
import type { BackupSource } from '../backup.ts'
import type { DatabaseAccess } from '../source/access.ts'

const port = 5432

/** The running site of this computer. @throws BookstoreError 'not-running' when its database is not. */
export async function runningSite(site: Site): Promise<LocalSite> {
  const local = new LocalSite(site, builtPrograms())
  const postgres = (await local.status())?.processes.find(({ name }) => name === 'postgres')
  if (postgres?.state === 'ready') return local
  throw new BookstoreError('The shop does not run, so that its databases cannot be reached.', {
    code: 'not-running',
    fault: 'user',
    hint: 'Start it with: bookstore up',
  })
}

/** What `db backup` reads. */
export async function localSource(local: LocalSite): Promise<BackupSource> {
  const { site, layout } = local
  return {
    shop: { name: site.shop.name, domain: site.domain, currency: site.currency },
    bookstore: packageJson.version,
    databases: await databaseAccesses(local),
    covers: layout.covers,
  }
}

/** Each service's own role in its own database. */
export async function databaseAccesses(local: LocalSite): Promise<Record<DatabaseName, DatabaseAccess>> {
  const entries = await Promise.all(databases.map(async (name) => [name, await databaseAccess(local, name)] as const))
  return Object.fromEntries(entries) as Record<DatabaseName, DatabaseAccess>
}

export function databaseAccess(local: LocalSite, name: DatabaseName): Promise<DatabaseAccess> {
  return accessAs(local, { user: name, database: name }, `database-${name}`)
}

/** The superuser of a cluster that is ours alone. */
export function adminAccess(local: LocalSite): Promise<DatabaseAccess> {
  return accessAs(local, { user: 'bookstore', database: 'postgres' }, 'postgres-admin')
}

async function accessAs(
  local: LocalSite,
  who: { user: string; database: string },
  secret: SecretName,
): Promise<DatabaseAccess> {
  return { host: local.layout.databaseSocket, port, ...who, password: await local.secret(secret) }
}
