import type { RequestListener, Server } from 'node:http'
import { createApp, type Guard } from './app.ts'
import { type Endpoint, endpoint, ok } from './endpoint.ts'
import { examine, type Health, healthEndpoints, type Readiness } from './health.ts'
import { drain, listen } from './listen.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import type { CommonSettings } from './settings.ts'
import { Systemd } from './systemd.ts'
import type { Worker } from './worker.ts'
import { workersEndpoints } from './workers-endpoints.ts'
import { Workforce } from './workforce.ts'

export interface ServiceOptions {
  /** 'catalog': also the first segment of its public paths. */
  name: string
  log: Log
  metrics: Metrics
  guard: Guard
  settings: CommonSettings
  endpoints: readonly Endpoint[]
  /** On the second socket, which is never routed. */
  internal?: readonly Endpoint[]
  /** Background work that changes something: it can be put to sleep. */
  workers?: readonly Worker[]
  /** Polls that only read, and without which the process cannot serve: they run awake and asleep. */
  watches?: readonly Worker[]
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

/** Both sockets, the public one first. */
async function open(options: ServiceOptions, health: () => Promise<Health>, workforce: Workforce): Promise<Server[]> {
  const { log, metrics, guard, settings } = options
  const app = options.app ?? createApp(withOpenApi(options.name, options.endpoints), { log, metrics, guard })
  const own = [...healthEndpoints(health, metrics), ...workersEndpoints(workforce)]
  const internal = createApp([...(options.internal ?? []), ...own], {
    log: log.child({ socket: 'internal' }, { level: 'warn' }),
    metrics,
    guard,
  })
  return [
    await listen(app.callback(), settings.BOOKSTORE_LISTEN),
    await listen(internal.callback(), settings.BOOKSTORE_LISTEN_INTERNAL),
  ]
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Runs a service until `signal` aborts: both sockets and the workers. Then it stops accepting, finishes what is in
 * flight (10 s at most), stops the workers (10 s at most) and closes what it holds.
 */
export async function serve(options: ServiceOptions, signal: AbortSignal): Promise<void> {
  const { log, settings } = options
  const workforce = new Workforce(options.workers ?? [], log)
  const systemd = new Systemd(settings, log)
  const health = async (): Promise<Health> =>
    signal.aborted
      ? { status: 'draining', workers: workforce.state }
      : examine(options.readiness ?? [], workforce.state)

  const servers = await open(options, health, workforce)
  const stopWatches = new AbortController()
  const watches = (options.watches ?? []).map((watch) => watch.run(stopWatches.signal))
  if (settings.BOOKSTORE_WORKERS === 'awake') await workforce.set(true)
  log.info({ service: options.name, workers: workforce.state }, 'listening')
  const followed = systemd.follow(async () => (await health()).status === 'ready', signal)

  await aborted(signal)
  log.info('draining')
  const told = followed.then(() => systemd.stopping())
  // Workers may hold what a request in flight waits for, and use the other service's sockets: the public socket first.
  await drain(servers[0] as Server, drainMs)
  await workforce.close()
  stopWatches.abort(new Error('stopping'))
  await Promise.allSettled(watches)
  await drain(servers[1] as Server, 1_000)
  await options.close?.()
  await told
  log.info('stopped')
}
