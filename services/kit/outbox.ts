import type { Database, Queryable } from './database.ts'
import { statement } from './database.ts'
import type { Log } from './log.ts'
import { pause, type Worker } from './worker.ts'

/**
 * The service's migration makes the table:
 *
 *     create table outbox (
 *       id bigint generated always as identity primary key, topic text not null, subject uuid not null,
 *       payload jsonb not null, request_id text, attempts int not null default 0,
 *       available_at timestamptz not null default now(), last_error text, created_at timestamptz not null default now());
 *     create index outbox_subject on outbox (subject, id);
 */
export interface OutboxMessage {
  topic: string
  /**
   * Messages about one subject are handled one after the other, in the order in which they were written, provided
   * that their writers hold a lock of the subject (its row): ids are given before commits.
   */
  subject: string
  payload: unknown
  requestId?: string | undefined
  /** Not handled sooner than this after it was written; later messages of its subject wait for it. */
  delayMs?: number | undefined
}

interface Row {
  id: string
  topic: string
  subject: string
  payload: unknown
  requestId: string | null
  attempts: number
}

/**
 * Handles one message. It may be called again with the same message (a crash after the effect): the effect must be idempotent.
 * What it does to our own database goes through `tx`, so that it is committed with the message's removal.
 */
export type OutboxHandler = (message: OutboxMessage, tx: Queryable, signal: AbortSignal) => Promise<void>

const insert = statement(
  'outbox-insert',
  `insert into outbox (topic, subject, payload, request_id, available_at)
   values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
)
const take = statement(
  'outbox-take',
  `select id, topic, subject, payload, request_id as "requestId", attempts from outbox o
   where available_at <= now() and not exists (select 1 from outbox e where e.subject = o.subject and e.id < o.id)
   order by id for update skip locked limit 1`,
)
const remove = statement('outbox-remove', 'delete from outbox where id = $1')
const postpone = statement(
  'outbox-postpone',
  `update outbox set attempts = attempts + 1, last_error = $2, available_at = now() + $3 * interval '1 millisecond' where id = $1`,
)
const lag = statement(
  'outbox-lag',
  `select count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_at)), 0)::float as seconds from outbox`,
)

const pollMs = 500
const maxDelayMs = 30_000

const delayAfter = (attempts: number) => Math.min(maxDelayMs, 200 * 2 ** attempts)

/** Carries messages from the transaction that wrote them to their handlers, at least once, never giving up. Safe with any number of processes. */
export class Outbox {
  readonly #db: Database
  readonly #handlers: Readonly<Record<string, OutboxHandler>>
  readonly #log: Log
  #wake = new AbortController()

  constructor(db: Database, handlers: Readonly<Record<string, OutboxHandler>>, log: Log) {
    this.#db = db
    this.#handlers = handlers
    this.#log = log
  }

  /** Writes a message in the transaction of the effect that it speaks of. */
  async add(tx: Queryable, message: OutboxMessage): Promise<void> {
    const { topic, subject, payload, requestId = null, delayMs = 0 } = message
    await tx.count(insert, [topic, subject, JSON.stringify(payload), requestId, delayMs])
  }

  /** Tells the relay of this process that there is something new; without it the next poll finds it. */
  wake(): void {
    const waiting = this.#wake
    this.#wake = new AbortController()
    waiting.abort()
  }

  /** Handles one message. False when there is none to handle now. */
  async deliverOne(signal: AbortSignal): Promise<boolean> {
    return this.#db.withConnection(async (db) => {
      let taken: Row | undefined
      try {
        return await db.transaction(async (tx) => {
          taken = await tx.row<Row>(take)
          if (!taken) return false
          await this.#handle(taken, tx, signal)
          await tx.count(remove, [taken.id])
          return true
        })
      } catch (error) {
        if (!taken || signal.aborted) throw error
        this.#log.warn(
          { err: error, topic: taken.topic, subject: taken.subject, attempts: taken.attempts + 1 },
          'message not delivered yet',
        )
        await db.count(postpone, [taken.id, String((error as Error).message).slice(0, 500), delayAfter(taken.attempts)])
        return true
      }
    })
  }

  #handle(row: Row, tx: Queryable, signal: AbortSignal): Promise<void> {
    const handler = this.#handlers[row.topic]
    if (!handler) throw new Error(`nobody handles the topic ${row.topic}`)
    return handler(
      { topic: row.topic, subject: row.subject, payload: row.payload, requestId: row.requestId ?? undefined },
      tx,
      signal,
    )
  }

  async lag(): Promise<{ waiting: number; seconds: number }> {
    return (await this.#db.row<{ waiting: number; seconds: number }>(lag)) ?? { waiting: 0, seconds: 0 }
  }

  /** `lanes` messages at a time, each on a connection of its own: one peer that hangs does not hold up the others. */
  worker(lanes = 1): Worker {
    return {
      name: 'outbox',
      run: async (signal) => {
        await Promise.all(Array.from({ length: lanes }, () => this.#relay(signal)))
      },
    }
  }

  async #relay(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wake = this.#wake.signal
      const more = await this.deliverOne(signal).catch((error: unknown) => {
        if (!signal.aborted) this.#log.warn({ err: error }, 'outbox cannot be read; it is tried again')
        return false
      })
      if (!more) await pause(pollMs, AbortSignal.any([signal, wake]))
    }
  }
}
