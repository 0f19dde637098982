import type { Metrics } from '../kit/metrics.ts'
import type { Sales } from './logic/context.ts'
import { countByStatus } from './repositories/due-orders.ts'

/** Gauges of what is under way: the outbox, and orders that are not at rest. */
export function salesMetrics({ outbox, db }: Sales, metrics: Metrics): void {
  metrics.gauge('outbox_waiting', 'Messages that wait to be delivered', async (gauge) =>
    gauge.set((await outbox.lag()).waiting),
  )
  metrics.gauge('outbox_lag_seconds', 'Age of the oldest message', async (gauge) =>
    gauge.set((await outbox.lag()).seconds),
  )
  for (const status of ['pending', 'reserved', 'paying'] as const) {
    metrics.gauge(`orders_${status}`, `Orders that are ${status}`, async (gauge) =>
      gauge.set(await countByStatus(db, status)),
    )
  }
}
