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
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
