import { Client } from '../kit/client.ts'
import { databaseMetrics, databaseReadiness, openDatabase } from '../kit/database-process.ts'
import { createGuard, RemoteKeys, RemoteRevocations } from '../kit/guard.ts'
import type { ProcessContext } from '../kit/main.ts'
import { createMetrics } from '../kit/metrics.ts'
import { Outbox } from '../kit/outbox.ts'
import { serve } from '../kit/service.ts'
import { readCredential } from '../kit/settings.ts'
import { internalEndpoints } from './endpoints/internal.ts'
import { publicEndpoints } from './endpoints/public.ts'
import type { Hooks } from './hooks.ts'
import { noHooks } from './hooks.ts'
import type { Sales } from './logic/context.ts'
import { Lane } from './logic/lane.ts'
import { outboxHandlers } from './logic/outbox-handlers.ts'
import { reconcile, refundOrphans, releaseOrphans } from './logic/reconcile.ts'
import { salesMetrics } from './metrics.ts'
import { Catalog } from './peers/catalog.ts'
import { Processor } from './peers/processor.ts'
import { type SalesSettings, salesSettings } from './settings.ts'
import { salesWorkers } from './workers.ts'

/** Connections that keyed requests leave to others: two to the outbox, the rest to readers, webhooks and the health check. */
const reserveOfPool = 4
const laneWaitMs = 10_000
/** More than any order is old. */
const everSeconds = 1e9

/** What the saga works with, and how to close it. */
function openSales({ env, log }: ProcessContext, settings: SalesSettings, hooks: Hooks) {
  const db = openDatabase(env, log)
  const catalog = new Client('catalog', settings.BOOKSTORE_CATALOG_INTERNAL_URL)
  const payments = new Client('payments', settings.BOOKSTORE_PAYMENTS_URL)
  const sales: Sales = {
    db,
    outbox: new Outbox(
      db,
      outboxHandlers(() => sales),
      log,
    ),
    catalog: new Catalog(catalog),
    processor: new Processor(payments, settings.BOOKSTORE_PAYMENT_PATIENCE_MS),
    hooks,
    lane: new Lane(settings.BOOKSTORE_DATABASE_POOL - reserveOfPool, laneWaitMs),
    log,
    currency: settings.BOOKSTORE_CURRENCY,
    pace: {
      courierSeconds: settings.BOOKSTORE_COURIER_SECONDS,
      abandonedSeconds: settings.BOOKSTORE_ABANDONED_SECONDS,
      holdSeconds: settings.BOOKSTORE_HOLD_SECONDS,
      patienceMs: settings.BOOKSTORE_PAYMENT_PATIENCE_MS,
    },
  }
  const close = async () => {
    await Promise.all([catalog.close(), payments.close()])
    await db.close()
  }
  return { sales, close }
}

/** The process `sales`, until its signal aborts. `hooks` are awaited at every boundary of the saga. */
export async function serveSales(context: ProcessContext, hooks: Hooks = noHooks): Promise<void> {
  const settings = salesSettings(context.env)
  const { sales, close } = openSales(context, settings, hooks)
  const metrics = createMetrics(settings.BOOKSTORE_PROCESS)
  databaseMetrics(sales.db, metrics)
  salesMetrics(sales, metrics)
  const auth = new Client('auth', settings.BOOKSTORE_AUTH_INTERNAL_URL)
  const revocations = new RemoteRevocations(auth)
  const guard = createGuard({ keys: new RemoteKeys(auth), revocations, issuer: settings.BOOKSTORE_SITE_URL })
  const options = {
    name: 'sales',
    log: context.log,
    metrics,
    guard,
    settings,
    endpoints: publicEndpoints(sales),
    internal: internalEndpoints(sales, readCredential('webhook-secret', context.env)),
    workers: salesWorkers(sales),
    watches: [revocations.watch()],
    readiness: [databaseReadiness(sales.db, 'sales'), revocations.readiness()],
    close: async () => {
      await auth.close()
      await close()
    },
  }
  await serve(options, context.signal)
}

/** The command `reconcile`: every order and every charge, then the counts. The outbox of the running processes does the rest. */
export async function reconcileSales(context: ProcessContext): Promise<void> {
  const { sales, close } = openSales(context, salesSettings(context.env), noHooks)
  try {
    const result = await reconcile(sales, everSeconds, context.signal)
    await refundOrphans(sales, result, context.signal)
    await releaseOrphans(sales, result, context.signal)
    context.log.info({ reconciled: result }, 'reconciled')
  } finally {
    await close()
  }
}
