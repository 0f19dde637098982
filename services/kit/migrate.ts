import { readdir } from 'node:fs/promises'
import { runner } from 'node-pg-migrate'
import { type Queryable, statement } from './database.ts'
import { withPassword } from './database-url.ts'
import type { Log } from './log.ts'
import type { Secret } from './secret.ts'

const table = 'pgmigrations'
const applied = statement('kit-migrations-applied', `select name from ${table}`)

/**
 * Applies the `.sql` files of `folder` that the database does not have, in the order of their names.
 * Migrations are additive; newer ones than ours are accepted, so that old code runs on a new schema.
 * A statement that waits for a lock for more than 5 s ends the run; nothing of its migration is kept.
 */
export async function migrate(options: { folder: string; url: string; password: Secret; log: Log }): Promise<void> {
  await runner({
    dir: options.folder,
    direction: 'up',
    migrationsTable: table,
    checkOrder: false,
    databaseUrl: {
      connectionString: withPassword(options.url, options.password),
      options: '-c lock_timeout=5000',
    },
    log: (message) => options.log.debug({ migrator: message }, 'migrator'),
    verbose: false,
  })
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
