import type { Client } from 'pg'
import type { Secret } from '../../../engine/secret.ts'
import { scramVerifier } from '../../../local/postgres/scram.ts'
import { type Access, goesAway, withSession } from '../../../local/postgres/session.ts'
import { databaseSocketFolder } from '../../layout.ts'

/** The agent is root, whom the cluster takes for its superuser (configuration.ts). */
export const superuser: Access = { socket: databaseSocketFolder, user: 'postgres' }

/** Not there, not ready, or a cluster that was not set up by us yet: SQLSTATEs and errnos. */
const unreachable = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', '28000', '28P01', '08006', ...goesAway])

/** What `work` finds, or undefined when the server cannot be asked now. */
export async function askCluster<T>(work: (client: Client) => Promise<T>): Promise<T | undefined> {
  try {
    return await withSession({ ...superuser, database: 'postgres' }, work)
  } catch (error) {
    if (unreachable.has((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

/** The name that the running server was started with, which tells its configuration apart. */
export async function nameOfRunning(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select current_setting('cluster_name') as name")
  return rows[0]?.name ?? ''
}

export interface DatabaseState {
  /** Whether any role of the server may connect. */
  open: boolean
  /** Whether the role's password is the one that its service has. */
  passwordFits: boolean
  owner: string
}

/** `undefined` while role or database is missing. */
export async function readDatabase(client: Client, name: string, password: Secret): Promise<DatabaseState | undefined> {
  const { rows } = await client.query<{ open: boolean; verifier: string | null; owner: string }>(
    `select has_database_privilege('public', d.oid, 'connect') as open, a.rolpassword as verifier,
            pg_get_userbyid(d.datdba) as owner
       from pg_database d join pg_authid a on a.rolname = d.datname where d.datname = $1 and a.rolcanlogin`,
    [name],
  )
  const [found] = rows
  return found && { open: found.open, owner: found.owner, passwordFits: fits(found.verifier, password) }
}

/** Whether a stored verifier was made of this password: the same salt makes the same verifier. */
export function fits(verifier: string | null, password: Secret): boolean {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier ?? '') ?? []
  if (iterations === undefined || salt === undefined) return false
  return scramVerifier(password.reveal(), Buffer.from(salt, 'base64'), Number(iterations)) === verifier
}
