import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The Prometheus metrics of one process. */
export interface Metrics {
  registry: Registry
  /** Seconds from the request's head to the end of the reply. */
  requests: Histogram<'method' | 'route' | 'status'>
  inFlight: Gauge
  counter(name: string, help: string, labels?: readonly string[]): Counter<string>
  gauge(name: string, help: string, collect: (gauge: Gauge) => void | Promise<void>): Gauge
}

export function createMetrics(processName: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ process: processName })
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Duration of requests by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
    inFlight: new Gauge({ name: 'http_requests_in_flight', help: 'Requests being answered', registers: [registry] }),
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers: [registry] }),
    gauge: (name, help, collect) =>
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          await collect(this)
        },
      }),
  }
}
