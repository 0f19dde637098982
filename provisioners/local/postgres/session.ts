import type { Client } from 'pg'
import type { Secret } from '../../engine/secret.ts'

/** Who comes, and where the server listens. */
export interface Access {
  /** Folder of the server's socket. */
  socket: string
  user: string
  /** Without one the server knows us by the socket itself ("peer"). */
  password?: Secret
}

export interface Login extends Access {
  database: string
}

/** Errnos and SQLSTATEs of a server that is starting or on its way out (admin_shutdown, crash_shutdown, cannot_connect_now). */
export const goesAway: readonly string[] = ['ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03']

/** Milliseconds that a connection or a statement may take. */
const patience = 10_000

/** One connection for the length of `work`. Rejects with the driver's error; its `code` is an SQLSTATE or an errno. */
export async function withSession<T>(login: Login, work: (client: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    host: login.socket,
    user: login.user,
    database: login.database,
    port: 5432,
    connectionTimeoutMillis: patience,
    statement_timeout: patience,
    application_name: 'bookstore',
    ...(login.password === undefined ? {} : { password: login.password.reveal() }),
  })
  // A server that goes away while we wait would otherwise be an uncaught error.
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client).finally(() => client.end())
  } catch (error) {
    throw coded(error)
  }
}

/** The driver has no code for a server that closes the connection in the middle of an answer. */
function coded(error: unknown): unknown {
  const cut = error instanceof Error && error.message === 'Connection terminated unexpectedly'
  return cut ? Object.assign(error, { code: 'ECONNRESET' }) : error
}
