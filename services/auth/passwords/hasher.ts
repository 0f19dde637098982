import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Metrics } from '../../kit/metrics.ts'
import { hashPassword, isOutdated, verifyPassword } from './hash.ts'
import { Lanes } from './lanes.ts'

/** libuv has four threads for all of the process; one stays free for signing tokens. */
const mostLanes = 3
/** The gateway waits 15 s for an answer; whoever is not hashed by then is better told to come again. */
const maxWaitMs = 12_000

/** Makes and checks password hashes without ever using more than the cores. */
export interface Hasher {
  hash(password: string, signal: AbortSignal): Promise<string>
  /** Takes as long without a hash (nobody has this address) as with one, and is false then. */
  verify(passwordHash: string | undefined, password: string, signal: AbortSignal): Promise<boolean>
  isOutdated(passwordHash: string): boolean
}

/** @throws Problem 503 `busy`, from each call, when too many are waiting. */
export function createHasher(metrics: Metrics): Hasher {
  const lanes = new Lanes({
    lanes: Math.min(availableParallelism(), mostLanes),
    mostWaiting: 400,
    maxWaitMs,
  })
  metrics.gauge('auth_hashes_running', 'Password hashes being computed', (gauge) => gauge.set(lanes.usage().running))
  metrics.gauge('auth_hashes_waiting', 'Callers that wait for a password hash', (gauge) =>
    gauge.set(lanes.usage().waiting),
  )
  const nobodys = hashPassword(randomBytes(16).toString('hex'))
  return {
    hash: (password, signal) => lanes.run(signal, () => hashPassword(password)),
    verify: async (passwordHash, password, signal) => {
      const against = passwordHash ?? (await nobodys)
      const same = await lanes.run(signal, () => verifyPassword(against, password))
      return same && passwordHash !== undefined
    },
    isOutdated,
  }
}
