import type { Client } from 'pg'
import type { Secret } from '../../engine/secret.ts'
import type { DatabaseName } from '../../shop/secrets.ts'
import { goesAway, withSession } from './session.ts'

/** What one connection as the service's own role finds out about its database. */
export interface DatabaseFacts {
  /** Whether any role of the server may connect. */
  open: boolean
  migrations: readonly string[]
  seeds: readonly string[]
}

/** SQLSTATEs and errnos that mean: not made yet, or made with another password; or the server begins, or ends, just now. */
const notOurs = new Set(['28000', '28P01', '3D000', '42501', 'ENOENT', 'ECONNREFUSED', ...goesAway])

/** `undefined` when the role cannot get in, or nothing listens. */
export async function readFacts(
  socket: string,
  name: DatabaseName,
  password: Secret,
): Promise<DatabaseFacts | undefined> {
  try {
    return await withSession({ socket, user: name, password, database: name }, collect)
  } catch (error) {
    if (notOurs.has((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

async function collect(client: Client): Promise<DatabaseFacts> {
  const { rows } = await client.query<{ open: boolean; migrations: boolean; seeds: boolean }>(
    `select has_database_privilege('public', current_database(), 'connect') as open,
            to_regclass('pgmigrations') is not null as migrations, to_regclass('seeds') is not null as seeds`,
  )
  const found = rows[0]
  const names = (there: boolean | undefined, table: 'pgmigrations' | 'seeds') => (there ? namesIn(client, table) : [])
  return {
    open: found?.open ?? true,
    migrations: await names(found?.migrations, 'pgmigrations'),
    seeds: await names(found?.seeds, 'seeds'),
  }
}

async function namesIn(client: Client, table: 'pgmigrations' | 'seeds'): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`select name from ${table} order by name`)
  return rows.map((row) => row.name)
}
