import type { Counter as Metric } from 'prom-client'
import { Problem } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { type Counter, countAttempt, refuseOverLimit } from '../limits/limit.ts'

export interface Guess {
  /** Undefined when nobody has this account: the guess takes as long, and is wrong. */
  passwordHash: string | undefined
  password: string
  /** Each counts a wrong one, and each may refuse. */
  counters: readonly Counter[]
  /** Told the outcomes `failed` and `limited`. */
  metric: Metric<string>
}

/**
 * Whether the password is the right one. A wrong one is counted.
 * @throws Problem 429 after too many wrong ones, 503 `busy`.
 */
export async function provePassword({ db, hasher }: AuthContext, guess: Guess, caller: Caller): Promise<boolean> {
  const { passwordHash, password, counters, metric } = guess
  const refuseGuessing = () =>
    refuseOverLimit(db, counters, 'Too many wrong passwords. Wait before you try again.').catch((error: unknown) => {
      if (error instanceof Problem && error.status === 429) metric.inc({ outcome: 'limited' })
      throw error
    })
  await refuseGuessing()
  const proven = await hasher.verify(passwordHash, password, caller)
  // Guesses that were sent at once all passed the first look; what they found out is not told past the limit.
  await refuseGuessing()
  if (proven) return true
  await countAttempt(db, counters)
  metric.inc({ outcome: 'failed' })
  return false
}
