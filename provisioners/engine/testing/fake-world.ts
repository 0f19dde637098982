import type { Event } from '../events.ts'
import type { Address, Change, Context, Cost, Resource } from '../resource.ts'
import { ManualClock } from './manual-clock.ts'

interface Shape {
  dependsOn?: readonly string[]
  wants?: string
  /** Told apart by their first letter: 'a1' to 'b1' is a replacement, 'a1' to 'a2' an update. */
  has?: string
  cost?: Cost
  during?: (act: string, ctx: Context) => Promise<void> | void
  detail?: boolean
}

/** A world of named strings, and a journal of everything that was done to it. */
export class FakeWorld {
  readonly states = new Map<string, string>()
  readonly journal: string[] = []
  readonly events: Event[] = []
  readonly abort = new AbortController()
  readonly clock = new ManualClock({ jumps: true })
  readonly ctx: Context = {
    signal: this.abort.signal,
    clock: this.clock,
    emit: (event) => void this.events.push(event),
  }

  resource(name: string, shape: Shape = {}): Resource {
    const { dependsOn = [], wants = 'a1', has, cost, during, detail } = shape
    const { states } = this
    if (has !== undefined) states.set(name, has)
    const act = async (verb: string, ctx: Context) => {
      this.journal.push(`${verb} ${name}`)
      await during?.(verb, ctx)
    }
    const put = async (verb: string, ctx: Context) => {
      await act(verb, ctx)
      states.set(name, wants)
      return wants
    }
    return {
      address: addressOf(name),
      label: name,
      dependsOn: dependsOn.map(addressOf),
      desired: () => wants,
      async read(ctx) {
        await act('read', ctx)
        return states.get(name)
      },
      diff: (desired, actual) => compare(String(desired), String(actual)),
      create: (_, ctx) => put('create', ctx),
      update: (_, __, ctx) => put('update', ctx),
      async delete(_, ctx) {
        await act('delete', ctx)
        states.delete(name)
      },
      ...(cost ? { cost: () => cost } : {}),
      ...(detail ? { detail: (state) => `is ${state}` } : {}),
    }
  }

  /** What was changed, without the reads. */
  changes(): readonly string[] {
    return this.journal.filter((entry) => !entry.startsWith('read'))
  }
}

export function addressOf(name: string): Address {
  return `fake.thing/${name}`
}

function compare(desired: string, actual: string): Change {
  if (desired === actual) return { do: 'nothing' }
  if (desired[0] !== actual[0]) return { do: 'replace', because: [`${actual} cannot become ${desired}`] }
  return { do: 'update', fields: [{ field: 'value', from: actual, to: desired }] }
}
