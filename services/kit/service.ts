import type { RequestListener, Server } from 'node:http'
import type { SocketAddress } from './address.ts'
import { createApp, type Guard } from './app.ts'
import { type Endpoint, endpoint, ok } from './endpoint.ts'
import { healthEndpoints, type Readiness } from './health.ts'
import { drain, listen } from './listen.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import type { Worker } from './worker.ts'

export interface ServiceOptions {
  /** 'catalog': also the first segment of its public paths. */
  name: string
  log: Log
  metrics: Metrics
  guard: Guard
  listen: SocketAddress
  listenInternal: SocketAddress
  endpoints: readonly Endpoint[]
  /** On the second socket, which is never routed. */
  internal?: readonly Endpoint[]
  workers?: readonly Worker[]
  readiness?: readonly Readiness[]
  /** In place of the application made from `endpoints`: the gateway's and the storefront's own. */
  app?: { callback(): RequestListener }
  /** Closes what the service holds (pool, clients) once nothing uses it any more. */
  close?(): Promise<void>
}

const drainMs = 10_000

function withOpenApi(name: string, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const document = openApi(name, endpoints)
  const contract = endpoint({
    method: 'get',
    path: `/${name}/openapi.json`,
    summary: 'This contract',
    access: 'public',
    responses: { 200: null },
    handle: () => ok(document, { 'cache-control': 'public, max-age=300' }),
  })
  return [...endpoints, contract]
}

/**
 * Runs a service until `signal` aborts: both sockets and the workers. Then it stops accepting, finishes what is in
 * flight (10 s at most), stops the workers and closes what it holds.
 */
export async function serve(options: ServiceOptions, signal: AbortSignal): Promise<void> {
  const { log, metrics, guard } = options
  let draining = false
  const app = options.app ?? createApp(withOpenApi(options.name, options.endpoints), { log, metrics, guard })
  const health = healthEndpoints(options.readiness ?? [], () => draining, metrics)
  const internal = createApp([...(options.internal ?? []), ...health], {
    log: log.child({ socket: 'internal' }, { level: 'warn' }),
    metrics,
    guard,
  })

  const servers: Server[] = [
    await listen(app.callback(), options.listen),
    await listen(internal.callback(), options.listenInternal),
  ]
  const stopWorkers = new AbortController()
  const workers = (options.workers ?? []).map((worker) => worker.run(stopWorkers.signal))
  log.info({ service: options.name }, 'listening')

  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  draining = true
  log.info('draining')
  // Workers may hold what a request in flight waits for, and use the other service's sockets: the public socket first.
  await drain(servers[0] as Server, drainMs)
  stopWorkers.abort(new Error('stopping'))
  await Promise.allSettled(workers)
  await drain(servers[1] as Server, 1_000)
  await options.close?.()
  log.info('stopped')
}
