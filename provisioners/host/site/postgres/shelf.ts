import type { Client } from 'pg'
import { withClient } from '../../../backups/source/access.ts'
import { patiently } from '../../../certificates/kept/patient-lease.ts'
import { BookstoreError, exit } from '../../../engine/errors.ts'
import type { Context } from '../../../engine/resource.ts'
import { Secret } from '../../../engine/secret.ts'
import { placeOf } from '../../backups/access.ts'
import type { Host } from '../../host.ts'
import { operations, operationsSecret } from './operations.ts'

/** Where several web machines find the databases: on another machine, or on this one. */
export interface ShelfPlace {
  address?: string | undefined
}

/** What several web machines share of a certificate, as `packHandover` packs it, in a database that no service may enter. */
export interface Shelf {
  read(): Promise<Secret | undefined>
  put(packed: Secret): Promise<void>
}

/** A machine that vanishes sends no FIN: the server notices within twenty seconds, not two hours, and lets go of the lock. */
const settings = ['tcp_keepalives_idle=10', 'tcp_keepalives_interval=3', 'tcp_keepalives_count=3']

const lock = `hashtextextended('bookstore certificate', 0)`

/**
 * Works with the shelf while no other machine does; whoever comes second waits. The lock is the connection's: it goes with
 * whoever holds it.
 *
 * @throws BookstoreError 'busy' with status 75 when another one holds it for half an hour; the driver's error without a database.
 */
export function withShelf<T>(
  host: Host,
  place: ShelfPlace,
  ctx: Context,
  work: (shelf: Shelf) => Promise<T>,
): Promise<T> {
  return withSession(host, place, ctx.signal, async (client) => {
    for (const setting of settings) await client.query(`set ${setting}`)
    await patiently(() => takeLock(client), ctx)
    await client.query(
      'create table if not exists certificate (one boolean primary key check (one), packed text not null)',
    )
    return work({ read: () => read(client), put: (packed) => put(client, packed) })
  })
}

/** What is there now, without waiting for anybody; undefined also where nobody can be asked yet. */
export function lookAtShelf(host: Host, place: ShelfPlace, { signal }: Context): Promise<Secret | undefined> {
  return withSession(host, place, signal, read).catch(() => {
    signal.throwIfAborted()
    return undefined
  })
}

async function withSession<T>(
  host: Host,
  { address }: ShelfPlace,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const place = await placeOf(address === undefined ? undefined : { address })
  const password = await host.secret(operationsSecret)
  return withClient({ ...place, user: operations, database: operations, password }, signal, work)
}

async function takeLock(client: Client): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${lock}) as taken`)
  if (rows[0]?.taken) return
  throw new BookstoreError('Another web machine has been renewing the certificate for half an hour.', {
    code: 'busy',
    fault: 'remote',
    status: exit.busy,
    hint: 'See what it does: bookstore logs agent',
  })
}

async function read(client: Client): Promise<Secret | undefined> {
  const { rows } = await client.query<{ packed: string }>('select packed from certificate')
  return rows[0] && new Secret(rows[0].packed)
}

async function put(client: Client, packed: Secret): Promise<void> {
  const text = 'insert into certificate values (true, $1) on conflict (one) do update set packed = excluded.packed'
  await client.query(text, [packed.reveal()])
}
