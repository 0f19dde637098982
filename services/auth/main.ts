import { Client } from '../kit/client.ts'
import { databaseMetrics, databaseReadiness, migrateCommand, openDatabase } from '../kit/database-process.ts'
import { createGuard } from '../kit/guard.ts'
import { main, type ProcessContext } from '../kit/main.ts'
import { createMetrics, type Metrics } from '../kit/metrics.ts'
import { Outbox } from '../kit/outbox.ts'
import { serve } from '../kit/service.ts'
import { every } from '../kit/worker.ts'
import type { AuthContext } from './context.ts'
import { authEndpoints } from './endpoints.ts'
import { internalEndpoints } from './internal-endpoints.ts'
import { KeyRing } from './keys/key-ring.ts'
import { deriveKey, Seal } from './keys/seal.ts'
import { authMetrics } from './metrics.ts'
import { createHasher } from './passwords/hasher.ts'
import { purgeWorker } from './purge.ts'
import { databaseRevocations } from './sessions/revocations.ts'
import { authSettings, keyMaterial } from './settings.ts'
import { accountClosed, sellerClosed } from './users/close-account.ts'
import { SalesAccounts } from './users/sales-accounts.ts'
import { withdrawBooks } from './users/withdraw-books.ts'

const keysEveryMs = 60_000

async function run({ env, log, signal }: ProcessContext): Promise<void> {
  const settings = authSettings(env)
  const material = keyMaterial(env)
  const metrics = createMetrics(settings.BOOKSTORE_PROCESS)
  const db = openDatabase(env, log)
  const catalog = new Client('catalog', settings.BOOKSTORE_CATALOG_INTERNAL_URL)
  const sales = new Client('sales', settings.BOOKSTORE_SALES_INTERNAL_URL)
  const keys = new KeyRing(db, new Seal(material), log)
  const salesAccounts = new SalesAccounts(sales)
  const topics = { [sellerClosed]: withdrawBooks(catalog), [accountClosed]: salesAccounts.tellClosed }
  const outbox = new Outbox(db, topics, log)
  const context: AuthContext = {
    db,
    keys,
    outbox,
    salesAccounts,
    hasher: createHasher(metrics),
    refreshKey: deriveKey(material, 'refresh tokens'),
    issuer: settings.BOOKSTORE_SITE_URL,
    metrics: authMetrics(metrics),
  }
  databaseMetrics(db, metrics)
  outboxMetrics(outbox, metrics)
  await serve(
    {
      name: 'auth',
      log,
      metrics,
      guard: createGuard({ keys, revocations: databaseRevocations(db), issuer: context.issuer }),
      settings,
      endpoints: authEndpoints(context),
      internal: internalEndpoints(context),
      workers: [outbox.worker(), purgeWorker(db, log), every(keysEveryMs, 'next-key', log, () => keys.provide())],
      watches: [every(keysEveryMs, 'signing-keys', log, () => keys.refresh())],
      readiness: [
        databaseReadiness(db, 'auth'),
        // Asleep it makes no key: the first login after the switch does, or waking.
        { name: 'signing-key', check: async (awake) => void (await (awake ? keys.signer() : keys.publicKeys())) },
      ],
      close: async () => {
        await Promise.all([catalog.close(), sales.close()])
        await db.close()
      },
    },
    signal,
  )
}

function outboxMetrics(outbox: Outbox, metrics: Metrics): void {
  metrics.gauge('outbox_lag_seconds', 'Age of the oldest message that waits', async (gauge) =>
    gauge.set((await outbox.lag()).seconds),
  )
}

await main({ serve: run, migrate: migrateCommand('auth') })
