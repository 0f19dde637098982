import { z } from 'zod'
import { createApp, noGuard } from '../kit/app.ts'
import { Client } from '../kit/client.ts'
import { databaseMetrics, databaseReadiness, openDatabase } from '../kit/database-process.ts'
import type { Command } from '../kit/main.ts'
import { createMetrics } from '../kit/metrics.ts'
import { Outbox } from '../kit/outbox.ts'
import { serve } from '../kit/service.ts'
import { address, commonSettings, readCredential, readSettings } from '../kit/settings.ts'
import { endpoints, internalEndpoints } from './endpoints.ts'
import { hangUp } from './hang-up.ts'
import { webhookSender, webhookTopic } from './logic/webhooks.ts'

const settingsShape = {
  ...commonSettings,
  BOOKSTORE_SALES_INTERNAL_URL: address,
  /** How long tok_slow takes to answer. */
  BOOKSTORE_PAYMENTS_SLOW_MS: z.coerce.number().int().min(0).max(60_000).default(8_000),
  /** How late the webhooks of tok_twice come. */
  BOOKSTORE_PAYMENTS_LATE_MS: z.coerce.number().int().min(0).max(600_000).default(3_000),
}

export const servePayments: Command = async ({ env, log, signal }) => {
  const settings = readSettings(settingsShape, env)
  const db = openDatabase(env, log)
  const metrics = createMetrics(settings.BOOKSTORE_PROCESS)
  databaseMetrics(db, metrics)
  const sales = new Client('sales', settings.BOOKSTORE_SALES_INTERNAL_URL)
  const outbox = new Outbox(db, { [webhookTopic]: webhookSender(sales, readCredential('webhook-secret', env)) }, log)
  const processor = {
    db,
    outbox,
    slowMs: settings.BOOKSTORE_PAYMENTS_SLOW_MS,
    lateMs: settings.BOOKSTORE_PAYMENTS_LATE_MS,
  }
  const app = createApp(endpoints(processor), { log, metrics, guard: noGuard })
  app.middleware.unshift(hangUp)
  const options = {
    name: 'payments',
    log,
    metrics,
    guard: noGuard,
    settings,
    app,
    endpoints: [],
    internal: internalEndpoints(processor),
    workers: [outbox.worker(2)],
    readiness: [databaseReadiness(db, 'payments')],
    close: async () => {
      await sales.close()
      await db.close()
    },
  }
  await serve(options, signal)
}
