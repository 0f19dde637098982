import { z } from 'zod'
import { type Endpoint, endpoint, ok, type Reply } from './endpoint.ts'
import type { Metrics } from './metrics.ts'

/** Something without which the process cannot do its work now. `check` rejects, or says why not, when it is missing. */
export interface Readiness {
  name: string
  check(): Promise<void>
}

const withinMs = 2_000

async function outcome({ check }: Readiness): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs)
  })
  try {
    await Promise.race([check(), late])
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    clearTimeout(timer)
  }
}

/** `readyz`: can it work now? `livez`: does its event loop turn? A dead database makes it unready, never dead. */
export function healthEndpoints(checks: readonly Readiness[], isDraining: () => boolean, metrics: Metrics): Endpoint[] {
  const readyz = async (): Promise<Reply> => {
    if (isDraining()) return { status: 503, body: { status: 'draining' } }
    const outcomes = await Promise.all(checks.map(async (check) => [check.name, await outcome(check)] as const))
    const missing = outcomes.filter(([, why]) => why !== undefined)
    if (missing.length === 0) return ok({ status: 'ready' })
    return { status: 503, body: { status: 'not-ready', missing: Object.fromEntries(missing) } }
  }
  return [
    endpoint({
      method: 'get',
      path: '/livez',
      summary: 'Alive',
      access: 'public',
      responses: { 200: z.object({ status: z.string() }) },
      handle: () => ok({ status: 'alive' }),
    }),
    endpoint({
      method: 'get',
      path: '/readyz',
      summary: 'Ready',
      access: 'public',
      responses: { 200: z.object({ status: z.string() }) },
      handle: readyz,
    }),
    endpoint({
      method: 'get',
      path: '/metrics',
      summary: 'Prometheus metrics',
      access: 'public',
      responses: { 200: null },
      handle: async () =>
        ok(Buffer.from(await metrics.registry.metrics()), { 'content-type': metrics.registry.contentType }),
    }),
  ]
}
