import type { Client } from 'pg'
import type { Secret } from '../../engine/secret.ts'

export interface Login {
  /** Folder of the server's socket. */
  socket: string
  user: string
  password: Secret
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
    password: login.password.reveal(),
    database: login.database,
    port: 5432,
    connectionTimeoutMillis: patience,
    statement_timeout: patience,
    application_name: 'bookstore',
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
