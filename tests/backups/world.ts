import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { migrate } from '../../provisioners/backups/restore/schema.ts'
import type { RestoreTarget } from '../../provisioners/backups/restore/target.ts'
import { type DatabaseAccess, withClient } from '../../provisioners/backups/source/access.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import type { Context } from '../../provisioners/engine/resource.ts'
import { Secret } from '../../provisioners/engine/secret.ts'
import { asSuperuser, createDatabase, repositoryRoot, type TestCluster } from '../support/postgres.ts'

export const quiet = (signal = new AbortController().signal): Context => ({
  signal,
  clock: systemClock,
  emit: () => {},
})

/** Databases of a few services in one cluster, a folder of covers, and what a restore needs of them. */
export interface World {
  databases: Record<string, DatabaseAccess>
  covers: string
  target: RestoreTarget
  /** Calls of stopWrites and startWrites, in their order. */
  calls: string[]
  remove(): Promise<void>
}

export const fixtures = (service: string) => join(repositoryRoot, 'tests/backups/migrations', service)
export const ofService = (service: string) => join(repositoryRoot, 'services', service, 'migrations')

export async function createWorld(
  cluster: TestCluster,
  services: readonly string[],
  migrations: (service: string) => string = fixtures,
): Promise<World> {
  const covers = await mkdtemp(join(tmpdir(), 'bookstore-covers-'))
  const databases: Record<string, DatabaseAccess> = {}
  for (const service of services) databases[service] = await newDatabase(cluster, service)
  const calls: string[] = []
  const target: RestoreTarget = {
    shop: { currency: 'EUR' },
    databases,
    admin: access(cluster, 'postgres', cluster.superuserPassword, 'postgres'),
    covers,
    migrations,
    stopWrites: async () => void calls.push('stop'),
    startWrites: async () => void calls.push('start'),
    reconcile: async () => void calls.push('reconcile'),
  }
  const remove = async () => {
    await rm(covers, { recursive: true, force: true })
    await asSuperuser(cluster, 'postgres', async (client) => {
      for (const { database } of Object.values(databases)) await client.query(`drop database ${database} with (force)`)
    })
  }
  return { databases, covers, target, calls, remove }
}

async function newDatabase(cluster: TestCluster, service: string): Promise<DatabaseAccess> {
  const { role, password } = await createDatabase(cluster, service)
  return access(cluster, role, password, role)
}

function access(cluster: TestCluster, user: string, password: string, database: string): DatabaseAccess {
  return { host: cluster.socketFolder, port: 5432, user, password: new Secret(password), database }
}

/** Brings a database to the level of `only`, or to the newest. */
export function migrateTo(database: DatabaseAccess, folder: string, only?: readonly string[]): Promise<void> {
  return withClient(database, quiet().signal, (client) => migrate(client, folder, only))
}

export function query<Row extends pg.QueryResultRow>(database: DatabaseAccess, text: string): Promise<Row[]> {
  return withClient(database, quiet().signal, async (client) => (await client.query<Row>(text)).rows)
}

/** A digest of the rows of every table of a database, whatever their order. */
export async function digests(database: DatabaseAccess): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    database,
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await query<{ digest: string }>(
      database,
      `select count(*) || ':' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as digest from ${name} t`,
    )
    found[name] = row?.digest ?? ''
  }
  return found
}

/** Names of databases that a restore made and did not remove. */
export async function leftovers(cluster: TestCluster, { databases }: World): Promise<string[]> {
  const names = Object.values(databases).map(({ database }) => database)
  return asSuperuser(cluster, 'postgres', async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
    return rows
      .map(({ datname }) => datname)
      .filter((name) => names.some((own) => name.startsWith(own) && name !== own))
  })
}

export async function servicesWithMigrations(): Promise<string[]> {
  const found: string[] = []
  for (const service of ['auth', 'catalog', 'sales', 'payments']) {
    const files = await readdir(ofService(service)).catch(() => [])
    if (files.length > 0) found.push(service)
  }
  return found
}
