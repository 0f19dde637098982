import { systemClock } from '../../provisioners/engine/clock.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import type { Clock, Context } from '../../provisioners/engine/resource.ts'

export interface TestContext extends Context {
  events: Event[]
}

/** A context that keeps its events; it gives up long before the test would. */
export function testContext(clock: Clock = systemClock, signal = AbortSignal.timeout(90_000)): TestContext {
  const events: Event[] = []
  return { signal, clock, events, emit: (event) => events.push(event) }
}
