import { BookstoreError } from '../engine/errors.ts'
import type { Address, Context } from '../engine/resource.ts'

export interface Patience {
  /** Whose progress it is. */
  address: Address
  /** 'the instance is running' */
  what: string
  patienceMs: number
}

const firstDelayMs = 500
const longestDelayMs = 5_000

/**
 * Asks until there is an answer. Not the SDK's waiters: those take every error for a reason to wait, up to their end.
 * @throws BookstoreError 'aws-timeout', and what `ask` throws, at once.
 */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { address, what, patienceMs }: Patience,
  ctx: Context,
): Promise<T> {
  const last = ctx.clock.now().getTime() + patienceMs
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 1.5, longestDelayMs)) {
    const found = await ask()
    if (found !== undefined) return found
    if (ctx.clock.now().getTime() + delayMs > last) throw late(what, patienceMs)
    ctx.emit({ type: 'step-progress', address, message: `waiting until ${what}` })
    await ctx.clock.sleep(delayMs, ctx.signal)
  }
}

function late(what: string, patienceMs: number): BookstoreError {
  return new BookstoreError(`After ${Math.round(patienceMs / 1000)} s it is still not so that ${what}.`, {
    code: 'aws-timeout',
    fault: 'remote',
    hint: 'Run the same command again to go on waiting.',
  })
}
