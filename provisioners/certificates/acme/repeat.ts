import type { Context } from '../../engine/resource.ts'
import { retry } from '../../engine/retry.ts'
import { AcmeProblem } from './problem.ts'

const address = 'certificates.acme/request'

/** A nonce is refused by chance, or because it is old: at once again with a new one, and more often than anybody loses. */
const nonces = { codes: ['badNonce'], attempts: 40, firstDelayMs: 10, factor: 1, address } as const

const connection = {
  codes: [
    'asked-to-wait',
    'http-502',
    'http-503',
    'http-504',
    'ECONNRESET',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EPIPE',
    'EAI_AGAIN',
  ],
  attempts: 5,
  firstDelayMs: 1_000,
  address,
} as const

/** We wait as long as this within a run. Who is told to wait longer had better come back. */
const longestWaitMs = 120_000

/**
 * Asks an authority something that may be asked twice: through refused nonces, broken connections, overload and short
 * rate limits.
 *
 * @throws AcmeProblem, or the connection's error, as it came last.
 */
export async function patiently<T>(work: () => Promise<T>, ctx: Context): Promise<T> {
  const once = () => retry(() => waitingAsAsked(work, ctx), nonces, ctx)
  return retry(once, connection, ctx).catch((error) => {
    throw error instanceof AskedToWait ? error.problem : error
  })
}

class AskedToWait extends Error {
  readonly code = 'asked-to-wait'
  readonly problem: AcmeProblem

  constructor(problem: AcmeProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** Rate limits come as 429, overload as 503, both with Retry-After. */
async function waitingAsAsked<T>(work: () => Promise<T>, ctx: Context): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AcmeProblem) || error.retryAfterMs === 0 || error.retryAfterMs > longestWaitMs) throw error
    ctx.emit({ type: 'waiting', for: 'the authority, which asks for it', forMs: error.retryAfterMs })
    await ctx.clock.sleep(error.retryAfterMs, ctx.signal)
    throw new AskedToWait(error)
  }
}
