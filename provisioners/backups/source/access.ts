import { Client } from 'pg'
import type { Secret } from '../../engine/secret.ts'

/** How to reach one database as one role. */
export interface DatabaseAccess {
  /** Name or address, or the folder of a Unix socket. */
  host: string
  port: number
  user: string
  password: Secret
  database: string
  /** Over the network: PEM of the authority that signed the server's certificate, which must be for `host`. */
  authority?: string | undefined
}

/** What COPY writes must not depend on the settings of a server or role; nor may our own pace end a statement. */
const settings = [
  'DateStyle=ISO',
  'IntervalStyle=postgres',
  'TimeZone=UTC',
  'bytea_output=hex',
  'extra_float_digits=1',
  'client_encoding=UTF8',
  'statement_timeout=0',
  'idle_in_transaction_session_timeout=0',
  'lock_timeout=10000',
  'search_path=public',
]

/** One connection for the length of `work`. When `signal` aborts, the connection is cut. */
export async function withClient<T>(
  access: DatabaseAccess,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(access, signal)
  const cut = () => void client.end()
  signal.addEventListener('abort', cut, { once: true })
  try {
    return await work(client)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cut)
    await client.end().catch(() => {})
  }
}

export async function connect(access: DatabaseAccess, signal: AbortSignal): Promise<Client> {
  signal.throwIfAborted()
  const { password, authority, ...where } = access
  const client = new Client({
    ...where,
    password: password.reveal(),
    ...(authority === undefined ? {} : { ssl: { ca: authority, minVersion: 'TLSv1.3' } }),
    connectionTimeoutMillis: 10_000,
    application_name: 'bookstore db',
    options: settings.map((setting) => `-c ${setting}`).join(' '),
  })
  // A server that goes away between two statements would otherwise be an uncaught error.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** A name as SQL takes it, whatever is in it. */
export function quoted(...names: readonly string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
}
