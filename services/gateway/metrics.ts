import { type Counter, Gauge } from 'prom-client'
import type { Metrics } from '../kit/metrics.ts'
import type { Upstream } from './upstream.ts'

export interface GatewayMetrics extends Pick<Metrics, 'requests'> {
  /** Requests that were sent again because nobody had them. */
  retries: Counter<string>
  /** Requests that were told to come again. */
  shed: Counter<string>
}

export function gatewayMetrics(metrics: Metrics, upstreams: ReadonlyMap<string, Upstream>): GatewayMetrics {
  new Gauge({
    name: 'gateway_in_flight',
    help: 'Requests under way at a service',
    labelNames: ['service'],
    registers: [metrics.registry],
    collect() {
      for (const [service, upstream] of upstreams) this.set({ service }, upstream.inFlight)
    },
  })
  return {
    requests: metrics.requests,
    retries: metrics.counter('gateway_retries_total', 'Requests sent again because no instance had them', ['service']),
    shed: metrics.counter('gateway_shed_total', 'Requests refused because a service had too many', ['service']),
  }
}
