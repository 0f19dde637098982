import { systemClock } from '../../provisioners/engine/clock.ts'
import { runSmoke, type SmokeOptions, type SmokeReport } from '../../provisioners/smoke/index.ts'
import { type Edge, type EdgeOptions, startEdge } from './edge.ts'
import { type FakeShop, fakeShop } from './fake-shop.ts'

export const quiet = (signal = new AbortController().signal) => ({ signal, clock: systemClock, emit: () => {} })

export interface Outcome {
  report: SmokeReport
  shop: FakeShop
  /** Names of the checks that do not hold, without those that were not tried. */
  broken: string[]
}

/** The journey on a fake shop behind an edge of its own. */
export async function checkFake(
  edgeOptions: Omit<EdgeOptions, 'handler'> & { handler?: EdgeOptions['handler'] } = {},
  options: Partial<SmokeOptions> = {},
): Promise<Outcome> {
  const shop = fakeShop()
  return withEdge({ handler: shop.handler, ...edgeOptions }, async (edge) => {
    const report = await runSmoke({ ...edge, ...options }, quiet())
    return { report, shop, broken: brokenIn(report) }
  })
}

export async function withEdge<T>(options: EdgeOptions, work: (edge: Edge) => Promise<T>): Promise<T> {
  const edge = await startEdge(options)
  try {
    return await work(edge)
  } finally {
    await edge.close()
  }
}

export const brokenIn = ({ checks }: SmokeReport) =>
  checks.filter(({ ok, skipped }) => !ok && !skipped).map(({ name }) => name)
