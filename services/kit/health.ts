import { z } from 'zod'
import { type Endpoint, endpoint, ok } from './endpoint.ts'
import type { Metrics } from './metrics.ts'
import type { WorkforceState } from './workforce.ts'

/** Something without which the process cannot do its work now. `check` rejects, or says why not, when it is missing. */
export interface Readiness {
  name: string
  /** `awake` is false for a process that only serves: its workers sleep. */
  check(awake: boolean): Promise<void>
}

export interface Health {
  status: 'ready' | 'not-ready' | 'draining'
  workers: WorkforceState
  /** Why not, by what is missing. */
  missing?: Record<string, string>
}

const withinMs = 2_000

async function outcome({ check }: Readiness, awake: boolean): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs)
  })
  try {
    await Promise.race([check(awake), late])
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    clearTimeout(timer)
  }
}

/** Asks all `checks` at once; takes 2 s at most. */
export async function examine(checks: readonly Readiness[], workers: WorkforceState): Promise<Health> {
  const outcomes = await Promise.all(
    checks.map(async (check) => [check.name, await outcome(check, workers === 'awake')] as const),
  )
  const missing = outcomes.flatMap(([name, why]) => (why === undefined ? [] : [[name, why] as const]))
  if (missing.length === 0) return { status: 'ready', workers }
  return { status: 'not-ready', workers, missing: Object.fromEntries(missing) }
}

const readyBody = z.object({ status: z.string(), workers: z.string() })

/** `readyz`: can it work now? `livez`: does its event loop turn? A dead database makes it unready, never dead. */
export function healthEndpoints(health: () => Promise<Health>, metrics: Metrics): Endpoint[] {
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
      responses: { 200: readyBody },
      handle: async () => {
        const body = await health()
        return { status: body.status === 'ready' ? 200 : 503, body }
      },
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
