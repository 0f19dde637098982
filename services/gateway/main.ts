import type { SocketAddress } from '../kit/address.ts'
import { noGuard } from '../kit/app.ts'
import { main, type ProcessContext } from '../kit/main.ts'
import { createMetrics } from '../kit/metrics.ts'
import { serve } from '../kit/service.ts'
import { createGateway } from './gateway.ts'
import { gatewayMetrics } from './metrics.ts'
import { routes } from './routes.ts'
import { gatewaySettings, serviceAddresses } from './settings.ts'
import { Upstream } from './upstream.ts'

/** Ready when it listens: whether a service answers is told request by request. */
async function run({ env, log, signal }: ProcessContext): Promise<void> {
  const settings = gatewaySettings(env)
  const addresses = serviceAddresses(env)
  const upstreams = new Map(
    routes.map((route) => [route.name, new Upstream(route, addresses.get(route.name) as SocketAddress)]),
  )
  const metrics = createMetrics(settings.BOOKSTORE_PROCESS)
  const gateway = createGateway({ upstreams, log, metrics: gatewayMetrics(metrics, upstreams) })
  await serve(
    {
      name: 'gateway',
      log,
      metrics,
      guard: noGuard,
      settings,
      endpoints: [],
      app: { callback: () => gateway },
      close: async () => {
        await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))
      },
    },
    signal,
  )
}

await main({ serve: run })
