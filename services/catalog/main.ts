import { Client } from '../kit/client.ts'
import { databaseMetrics, databaseReadiness, migrateCommand, openDatabase } from '../kit/database-process.ts'
import { createGuard, RemoteKeys, RemoteRevocations } from '../kit/guard.ts'
import { main, type ProcessContext } from '../kit/main.ts'
import { createMetrics } from '../kit/metrics.ts'
import { serve } from '../kit/service.ts'
import { every } from '../kit/worker.ts'
import type { Catalog } from './context.ts'
import { CoverStore } from './covers/store.ts'
import { CoverStudio } from './covers/studio.ts'
import { internalEndpoints } from './endpoints/internal.ts'
import { catalogEndpoints } from './endpoints.ts'
import { clearCovers } from './logic/clear-covers.ts'
import { expireDue } from './logic/turn-reservation.ts'
import { catalogMetrics } from './metrics.ts'
import { seedCommand } from './seed-command.ts'
import { catalogSettings } from './settings.ts'

const expireEveryMs = 1_000
const clearCoversEveryMs = 3_600_000

async function run({ env, log, signal }: ProcessContext): Promise<void> {
  const settings = catalogSettings(env)
  const metrics = createMetrics(settings.BOOKSTORE_PROCESS)
  const db = openDatabase(env, log)
  const auth = new Client('auth', settings.BOOKSTORE_AUTH_INTERNAL_URL)
  const revocations = new RemoteRevocations(auth)
  const catalog: Catalog = {
    db,
    currency: settings.BOOKSTORE_CURRENCY,
    holdSeconds: settings.BOOKSTORE_RESERVATION_SECONDS,
    covers: new CoverStore(settings.BOOKSTORE_COVERS),
    studio: new CoverStudio(),
    metrics: catalogMetrics(metrics),
  }
  databaseMetrics(db, metrics)
  await serve(
    {
      name: 'catalog',
      log,
      metrics,
      guard: createGuard({ keys: new RemoteKeys(auth), revocations, issuer: settings.BOOKSTORE_SITE_URL }),
      settings,
      endpoints: catalogEndpoints(catalog),
      internal: internalEndpoints(catalog),
      watches: [revocations.watch()],
      workers: [
        every(expireEveryMs, 'reservations', log, (stop) => expireDue(catalog, stop)),
        every(clearCoversEveryMs, 'covers', log, () => clearCovers(catalog)),
      ],
      readiness: [databaseReadiness(db, 'catalog'), revocations.readiness()],
      close: async () => {
        await auth.close()
        await db.close()
      },
    },
    signal,
  )
}

await main({ serve: run, migrate: migrateCommand('catalog'), seed: seedCommand })
