import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Metrics } from '../../kit/metrics.ts'
import { networkOf } from '../limits/limit.ts'
import { hashPassword, isOutdated, verifyPassword } from './hash.ts'
import { Lanes } from './lanes.ts'

/** libuv has four threads for all of the process; one stays free for signing tokens. */
const mostLanes = 3
/** The gateway waits 15 s for an answer; whoever is not hashed by then is better told to come again. */
const maxWaitMs = 12_000
const mostWaiting = 400
/** A classroom of two hundred fits behind one address; one that floods leaves two places of five to everybody else. */
const mostWaitingEach = 240

/** For whom a hash is made: one address has its share of the queue. */
export interface Asker {
  address: string
  /** Aborts when they go away. */
  signal: AbortSignal
}

/** Makes and checks password hashes without ever using more than the cores. */
export interface Hasher {
  hash(password: string, asker: Asker): Promise<string>
  /** Takes as long without a hash (nobody has this address) as with one, and is false then. */
  verify(passwordHash: string | undefined, password: string, asker: Asker): Promise<boolean>
  isOutdated(passwordHash: string): boolean
}

/** @throws Problem 503 `busy`, from each call, when too many are waiting, of all or of the asker's network. */
export function createHasher(metrics: Metrics): Hasher {
  const lanes = new Lanes({
    lanes: Math.min(availableParallelism(), mostLanes),
    mostWaiting,
    mostWaitingEach,
    maxWaitMs,
  })
  const run = <T>({ address, signal }: Asker, work: () => Promise<T>) =>
    lanes.run({ network: networkOf(address), signal }, work)
  metrics.gauge('auth_hashes_running', 'Password hashes being computed', (gauge) => gauge.set(lanes.usage().running))
  metrics.gauge('auth_hashes_waiting', 'Callers that wait for a password hash', (gauge) =>
    gauge.set(lanes.usage().waiting),
  )
  const nobodys = hashPassword(randomBytes(16).toString('hex'))
  return {
    hash: (password, asker) => run(asker, () => hashPassword(password)),
    verify: async (passwordHash, password, asker) => {
      const against = passwordHash ?? (await nobodys)
      const same = await run(asker, () => verifyPassword(against, password))
      return same && passwordHash !== undefined
    },
    isOutdated,
  }
}
