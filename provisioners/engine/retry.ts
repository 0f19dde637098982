import type { Address, Context } from './resource.ts'

export interface RetryOptions {
  /** The `code`s of errors that are worth another attempt. Everything else is thrown at once. */
  codes: readonly string[]
  /** Attempts in all, the first included. */
  attempts: number
  firstDelayMs: number
  /** Each delay is this many times the one before; 2 by default. */
  factor?: number
  maxDelayMs?: number
  /** Whose events the attempts are reported as. */
  address: Address
}

/**
 * Runs `work` until it succeeds, throws something that is not retried, or has used up its attempts; the last error is
 * thrown as it came. Waits on the context's clock, and an abort ends the wait with the signal's reason.
 */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions,
  { signal, clock, emit }: Context,
): Promise<T> {
  const { codes, attempts, firstDelayMs, factor = 2, maxDelayMs = Number.POSITIVE_INFINITY, address } = options
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await work(attempt)
    } catch (error) {
      const code = codeOf(error)
      if (code === undefined || !codes.includes(code) || attempt >= attempts) throw error
      const delayMs = Math.min(firstDelayMs * factor ** (attempt - 1), maxDelayMs)
      emit({ type: 'retry', address, code, attempt, delayMs })
      await clock.sleep(delayMs, signal)
    }
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
