import pg from 'pg'
import { withPassword } from './database-url.ts'
import { unavailable } from './problem.ts'
import type { Secret } from './secret.ts'

/** A named prepared statement. The name is unique in its service. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export const statement = (name: string, text: string): Statement => ({ name, text })

/** Runs statements on a pool, on one connection, or in a transaction; repositories take this. */
export interface Queryable {
  rows<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  /** The only row, or undefined. */
  row<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row | undefined>
  /** How many rows it touched. */
  count(statement: Statement, values?: readonly unknown[]): Promise<number>
}

/** One connection, kept for as long as its holder works; may run transactions one after the other. */
export interface Connection extends Queryable {
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
}

/** A connection lent to one holder, who may find out that nobody should have it after them. */
export interface LentConnection extends Connection {
  /** Closes it instead of giving it back to the pool: its session (locks, an open transaction) ends. */
  discard(): void
}

/** SQLSTATEs after which the same transaction may simply be run again. */
const retryable = new Set(['40001', '40P01'])
const maxAttempts = 4

/** SQLSTATE of an error that PostgreSQL sent, or undefined. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** Too many connections, a full disk, a statement or a lock that took too long. */
const overload = new Set(['53300', '53100', '57014', '55P03'])

/** Broken connection, server shutting down, no answer in time: the service is there, its database is not. */
function isOutage(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return state.startsWith('57P') || state.startsWith('08') || overload.has(state)
  return error instanceof Error && !(error instanceof TypeError) && (error as { status?: number }).status === undefined
}

type Client = Pick<pg.ClientBase, 'query'>

async function run(client: Client, { name, text }: Statement, values: readonly unknown[] = []) {
  try {
    return await client.query({ name, text, values: values as unknown[] })
  } catch (error) {
    if (isOutage(error)) throw unavailable('The database does not answer.', error)
    throw error
  }
}

function onClient(client: Client): Queryable {
  return {
    rows: async (statement, values) => (await run(client, statement, values)).rows,
    row: async (statement, values) => (await run(client, statement, values)).rows[0],
    count: async (statement, values) => (await run(client, statement, values)).rowCount ?? 0,
  }
}

const begin = statement('kit-begin', 'begin')
const commit = statement('kit-commit', 'commit')
const rollback = statement('kit-rollback', 'rollback')

/** PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement of the transaction had failed. */
async function commitOrThrow(client: Client): Promise<void> {
  const { command } = await run(client, commit)
  if (command !== 'COMMIT') throw new Error('the transaction failed earlier, and its work kept that to itself')
}

function onConnection(client: Client, discard: () => void): LentConnection {
  const queries = onClient(client)
  const once = async <T>(work: (tx: Queryable) => Promise<T>): Promise<T> => {
    await run(client, begin)
    try {
      const result = await work(queries)
      await commitOrThrow(client)
      return result
    } catch (error) {
      // A broken connection cannot roll back: the server does it by itself, and the next holder must not get it.
      await run(client, rollback).catch(discard)
      throw error
    }
  }
  return {
    ...queries,
    discard,
    transaction: async (work) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(work)
        } catch (error) {
          if (attempt === maxAttempts || !retryable.has(sqlState(error) ?? '')) throw error
        }
      }
    },
  }
}

export interface DatabaseOptions {
  url: string
  password: Secret
  /** Connections at most. */
  pool: number
  /** Shown by pg_stat_activity. */
  name: string
  /** Told of idle connections that broke; the pool replaces them by itself. */
  onIdleError(error: Error): void
}

/**
 * A machine that vanishes sends no FIN: the server notices within half a minute, not two hours, and lets go of the row
 * and advisory locks that its sessions held. Without meaning on a Unix socket.
 */
const keepalives = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'

/** A pool of connections to the service's own database. Read committed; statements end after 10 s, waits for a connection after 5 s. */
export class Database implements Connection {
  readonly #pool: pg.Pool
  readonly #queries: Queryable

  constructor(options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: withPassword(options.url, options.password),
      max: options.pool,
      application_name: options.name,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      statement_timeout: 10_000,
      idle_in_transaction_session_timeout: 15_000,
      keepAlive: true,
      options: keepalives,
    })
    this.#pool.on('error', options.onIdleError)
    this.#queries = onClient(this.#pool as unknown as pg.ClientBase)
  }

  rows<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    return this.#queries.rows<Row>(statement, values)
  }

  row<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row | undefined> {
    return this.#queries.row<Row>(statement, values)
  }

  count(statement: Statement, values?: readonly unknown[]): Promise<number> {
    return this.#queries.count(statement, values)
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.withConnection((connection) => connection.transaction(work))
  }

  /** Lends one connection to `work`. After an error that broke it, it is thrown away, and its session locks with it. */
  async withConnection<T>(work: (connection: LentConnection) => Promise<T>): Promise<T> {
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw unavailable('The database does not answer.', error)
    }
    let broken = false
    const discard = () => {
      broken = true
    }
    client.on('error', discard)
    try {
      return await work(onConnection(client, discard))
    } finally {
      client.off('error', discard)
      client.release(broken)
    }
  }

  /** For metrics. */
  usage(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}
