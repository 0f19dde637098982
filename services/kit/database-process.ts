import { fileURLToPath } from 'node:url'
import { Database, statement } from './database.ts'
import type { Readiness } from './health.ts'
import type { Log } from './log.ts'
import type { Command } from './main.ts'
import type { Metrics } from './metrics.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { databaseSettings, type Environment, readCredential, readSettings } from './settings.ts'

/** Where the migrations of a service lie: beside its source, or beside the bundles. */
export function migrationsFolder(service: string): string {
  const relative = import.meta.url.endsWith('.ts') ? `../${service}/migrations` : `../migrations/${service}`
  return fileURLToPath(new URL(relative, import.meta.url))
}

/** The pool of a process that owns a database, from its settings and credential. */
export function openDatabase(env: Environment, log: Log): Database {
  const settings = readSettings(databaseSettings, env)
  return new Database({
    url: settings.BOOKSTORE_DATABASE_URL,
    password: readCredential('database-password', env),
    pool: settings.BOOKSTORE_DATABASE_POOL,
    name: env.BOOKSTORE_PROCESS ?? 'bookstore',
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  })
}

/** The command `migrate` of a service. */
export function migrateCommand(service: string): Command {
  return async ({ env, log, signal }) => {
    const { BOOKSTORE_DATABASE_URL: url } = readSettings(databaseSettings, env)
    const password = readCredential('database-password', env)
    await migrate({ folder: migrationsFolder(service), url, password, log, signal })
  }
}

const ping = statement('kit-ping', 'select 1')

/** Ready when the database answers and has every migration of this release. */
export function databaseReadiness(db: Database, service: string): Readiness {
  let migrated = false
  return {
    name: 'database',
    check: async () => {
      if (migrated) {
        await db.count(ping)
        return
      }
      const pending = await pendingMigrations(db, migrationsFolder(service))
      if (pending.length > 0) throw new Error(`migrations are missing: ${pending.join(', ')}`)
      migrated = true
    },
  }
}

/** Gauges of the pool. */
export function databaseMetrics(db: Database, metrics: Metrics): void {
  metrics.gauge('database_connections', 'Connections of the pool', (gauge) => gauge.set(db.usage().total))
  metrics.gauge('database_waiting', 'Callers that wait for a connection', (gauge) => gauge.set(db.usage().waiting))
}
