import { Readable } from 'node:stream'
import type { Event } from '../../provisioners/engine/events.ts'
import { ManualClock } from '../../provisioners/engine/testing/manual-clock.ts'
import type { Invocation } from '../verb.ts'

/** An invocation of a verb on its own, with all that it said in `events` and `written`. */
export function fakeInvocation(change: Partial<Invocation> = {}): Invocation & { events: Event[]; written: string[] } {
  const events: Event[] = []
  const written: string[] = []
  return {
    events,
    written,
    args: [],
    signal: new AbortController().signal,
    clock: new ManualClock({ jumps: true }),
    emit: (event) => void events.push(event),
    site: () => Promise.reject(new Error('this test has no site')),
    confirm: async () => {},
    ask: async ({ initial }) => initial,
    write: (text) => void written.push(text),
    interactive: false,
    cwd: '/nowhere',
    environment: {},
    handOver: async () => 0,
    input: { stream: Readable.from([]), echo: undefined },
    ...change,
    options: { json: false, yes: false, quiet: false, verbose: false, ...change.options },
  }
}
