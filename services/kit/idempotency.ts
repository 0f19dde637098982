import { createHash } from 'node:crypto'
import { type Connection, type Database, type Queryable, statement } from './database.ts'
import type { Reply, Request } from './endpoint.ts'
import { Problem } from './problem.ts'

/**
 * The service's migration makes the table:
 *
 *     create table idempotency_keys (
 *       owner uuid not null, key text not null, fingerprint text not null,
 *       point text not null, subject uuid, status int, reply json, headers jsonb,
 *       created_at timestamptz not null default now(), primary key (owner, key))
 *
 * `reply` is json, not jsonb: a replay has its fields in the order of the first reply.
 * Draft: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
interface KeyRow {
  fingerprint: string
  point: string
  subject: string | null
  status: number | null
  reply: unknown
  headers: Record<string, string> | null
}

const tryLock = statement('idempotency-lock', 'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken')
const unlock = statement('idempotency-unlock', 'select pg_advisory_unlock(hashtextextended($1, 0))')
const find = statement(
  'idempotency-find',
  'select fingerprint, point, subject, status, reply, headers from idempotency_keys where owner = $1 and key = $2',
)
const upsertPoint = statement(
  'idempotency-point',
  `insert into idempotency_keys (owner, key, fingerprint, point, subject) values ($1, $2, $3, $4, $5)
   on conflict (owner, key) do update set point = excluded.point, subject = excluded.subject`,
)
const upsertReply = statement(
  'idempotency-reply',
  `insert into idempotency_keys (owner, key, fingerprint, point, status, reply, headers) values ($1, $2, $3, 'finished', $4, $5, $6)
   on conflict (owner, key) do update set point = 'finished', status = excluded.status, reply = excluded.reply, headers = excluded.headers`,
)
const purge = statement(
  'idempotency-purge',
  `delete from idempotency_keys where created_at < now() - interval '7 days'`,
)

const keyForm = /^"?([\x21\x23-\x7e]{1,255})"?$/

/** @throws Problem 400 when the header is missing or not a key. */
export function idempotencyKey(request: Pick<Request, 'headers'>): string {
  const header = request.headers['idempotency-key']
  const key = typeof header === 'string' ? keyForm.exec(header)?.[1] : undefined
  if (key !== undefined) return key
  throw new Problem(400, 'idempotency-key-missing', 'An Idempotency-Key is needed', {
    detail: 'Send a header Idempotency-Key with 1 to 255 visible characters, a new one for each thing you want done.',
  })
}

/** JSON with sorted keys: two bodies that mean the same have the same fingerprint. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

export function fingerprintOf(operation: string, body: unknown): string {
  return createHash('sha256').update(operation).update('\0').update(canonical(body)).digest('base64')
}

/** What a keyed operation works with while it holds the key's lock. Everything runs on the lock's own connection. */
export interface Keyed {
  /** 'started', or the last recovery point that was committed by an attempt that died. */
  readonly point: string
  /** What that attempt worked on (an order's or payment's id). */
  readonly subject: string | undefined
  readonly db: Connection
  /** Moves to a recovery point, in the transaction of the effect. */
  reach(tx: Queryable, point: string, subject: string): Promise<void>
  /** Stores the reply, in the transaction of the effect, and gives it back. */
  finish(tx: Queryable, reply: Reply): Promise<Reply>
}

export interface KeyedOptions {
  owner: string
  key: string
  fingerprint: string
}

/**
 * Does `work` once for a key, however often and from wherever it is asked:
 * in flight elsewhere -> 409, another body -> 422, done -> the same reply, died half-way -> resumed at its recovery point.
 * The lock is the connection's, so it dies with the process that held it.
 */
export function idempotent(
  database: Database,
  options: KeyedOptions,
  work: (keyed: Keyed) => Promise<Reply>,
): Promise<Reply> {
  const { owner, key, fingerprint } = options
  const lockName = `${owner}/${key}`
  return database.withConnection(async (db) => {
    const lock = await db.row<{ taken: boolean }>(tryLock, [lockName])
    if (!lock?.taken) {
      throw new Problem(409, 'request-in-flight', 'The same request is being worked on', {
        detail: 'Ask again in a moment; you will get its answer.',
        headers: { 'retry-after': '1' },
      })
    }
    try {
      const known = await db.row<KeyRow>(find, [owner, key])
      if (known && known.fingerprint !== fingerprint) {
        throw new Problem(422, 'idempotency-key-reused', 'This Idempotency-Key belongs to another request', {
          detail: 'Use a new key for a new request.',
        })
      }
      if (known?.status != null) {
        return {
          status: known.status,
          body: known.reply ?? undefined,
          headers: { ...known.headers, 'idempotent-replay': 'true' },
        }
      }
      return await work({
        point: known?.point ?? 'started',
        subject: known?.subject ?? undefined,
        db,
        reach: async (tx, point, subject) => {
          await tx.count(upsertPoint, [owner, key, fingerprint, point, subject])
        },
        finish: async (tx, reply) => {
          await tx.count(upsertReply, [
            owner,
            key,
            fingerprint,
            reply.status,
            JSON.stringify(reply.body ?? null),
            JSON.stringify(reply.headers ?? {}),
          ])
          return reply
        },
      })
    } finally {
      // A lock that cannot be given back here would go on in the pool: its session ends instead.
      await db.count(unlock, [lockName]).catch(db.discard)
    }
  })
}

/** Forgets keys of more than a week ago. */
export async function purgeIdempotencyKeys(db: Queryable): Promise<number> {
  return db.count(purge)
}
