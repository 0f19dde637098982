import type { Counter } from 'prom-client'
import type { Metrics } from '../kit/metrics.ts'

export interface CatalogMetrics {
  reservations: Counter<string>
  movements: Counter<string>
  covers: Counter<string>
}

/** What an operator watches: many `expired` are carts that nobody pays, many `out-of-stock` are books worth ordering. */
export function catalogMetrics(metrics: Metrics): CatalogMetrics {
  return {
    reservations: metrics.counter(
      'catalog_reservations_total',
      'Reservations: held, repeated, out-of-stock, refused, kept, sold, held-again, released, expired',
      ['outcome'],
    ),
    movements: metrics.counter('catalog_stock_movements_total', 'Changes of a stock by reason', ['reason']),
    covers: metrics.counter('catalog_covers_total', 'Uploaded covers: stored, refused, busy', ['outcome']),
  }
}
