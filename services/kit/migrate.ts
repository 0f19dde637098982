import { readdir } from 'node:fs/promises'
import { type Queryable, sqlState, statement } from './database.ts'
import { withPassword } from './database-url.ts'
import type { Log } from './log.ts'
import type { Secret } from './secret.ts'
import { pause } from './worker.ts'

const table = 'pgmigrations'
/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const lockNotAvailable = '55P03'
const applied = statement('kit-migrations-applied', `select name from ${table}`)

/** Who waits for a lock makes everybody else wait behind it: short waits, and pauses in between for the others. */
const lockWaitMs = 2_000
const pauseMs = 1_000
const mostAttempts = 15

export interface MigrateOptions {
  folder: string
  url: string
  password: Secret
  log: Log
  signal?: AbortSignal
}

async function runOnce({ folder, url, password, log }: MigrateOptions): Promise<void> {
  // Here, since a process that serves has no use for it and would carry it in memory.
  const { runner } = await import('node-pg-migrate')
  await runner({
    dir: folder,
    direction: 'up',
    migrationsTable: table,
    checkOrder: false,
    // Another migrator is waited for as any lock is.
    advisoryLockMode: 'wait',
    databaseUrl: {
      connectionString: withPassword(url, password),
      options: `-c lock_timeout=${lockWaitMs}`,
    },
    log: (message) => log.debug({ migrator: message }, 'migrator'),
    verbose: false,
  })
}

/**
 * Applies the `.sql` files of `folder` that the database does not have, in the order of their names.
 * Migrations are additive; newer ones than ours are accepted, so that old code runs on a new schema.
 * A statement that waits for a lock for more than 2 s ends its migration, of which nothing is kept; that one is tried
 * again a second later, 15 times at most.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { log, signal = new AbortController().signal } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(options)
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable || attempt === mostAttempts || signal.aborted) throw error
      log.warn({ attempt, of: mostAttempts }, 'a migration waited for a lock in vain; it is tried again')
      await pause(pauseMs, signal)
    }
  }
}

/** Names of the migrations in `folder` that `db` lacks. */
export async function pendingMigrations(db: Queryable, folder: string): Promise<string[]> {
  const names = (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.replace(/\.sql$/, ''))
  const rows = await db.rows<{ name: string }>(applied).catch((error: unknown) => {
    if ((error as { code?: string }).code === '42P01') return []
    throw error
  })
  const have = new Set(rows.map((row) => row.name))
  return names.filter((name) => !have.has(name)).sort()
}
