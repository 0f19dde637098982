import type { Clock } from '../engine/resource.ts'
import type { Cleanup } from './cleanup.ts'
import type { Answer, Ask } from './http/client.ts'
import type { SmokeOptions } from './types.ts'

export interface Person {
  email: string
  name: string
  password: string
  id: string
  /** Of the newest login; undefined before it and after the logout. */
  session?: { accessToken: string; refreshToken: string }
}

export interface Book {
  id: string
  title: string
  price: { amount: number; currency: string }
}

/** What the steps of one run share. Each step fills in what later ones need; the runner skips those that would miss it. */
export interface Visit {
  readonly options: SmokeOptions
  readonly origin: URL
  readonly http: { ask(ask: Ask): Promise<Answer> }
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What has to be undone, however the run ends. */
  readonly cleanup: Cleanup<Visit>
  /** Random, lower case; marks everything that this run makes. */
  readonly mark: string
  seller?: Person
  buyer?: Person
  book?: Book
  /** `country` is one that it delivers to. */
  provider?: { id: string; price: { amount: number; currency: string }; country: string }
  orderId?: string
}

/** One named check: resolves with what was found, throws DoesNotHold (or anything else) when it does not hold. */
export interface Step {
  readonly name: string
  /** Names of steps without which this one makes no sense. */
  readonly needs?: readonly string[]
  run(visit: Visit): Promise<string | undefined>
}

/** A call of the API with the visit's signal. */
export function ask(visit: Visit, ask: Omit<Ask, 'signal'>): Promise<Answer> {
  return visit.http.ask({ ...ask, signal: visit.signal })
}
