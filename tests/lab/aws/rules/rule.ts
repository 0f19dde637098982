import type { Call } from '../calls.ts'
import type { WireAnswer } from '../front/wire.ts'
import type { World } from '../world.ts'

type Maybe<T> = T | undefined | Promise<T | undefined>

/** Something that AWS does and the emulator does not. */
export interface Rule {
  /** Where AWS says so. */
  page: string
  /** An answer ends the matter: the emulator is not asked. */
  before?(call: Call, world: World): Maybe<WireAnswer>
  /** Called for every answer, of rules too. What it returns is the answer then. */
  after?(call: Call, answer: WireAnswer, world: World): Maybe<WireAnswer>
}

/** A value of the query protocol that is a text; '' when it is not there. */
export function text(call: Call, ...path: string[]): string {
  let at: unknown = call.parameters
  for (const step of path)
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined
  return typeof at === 'string' ? at : ''
}

/** A list of texts. */
export function texts(call: Call, name: string): string[] {
  const found = call.parameters[name]
  return Array.isArray(found) ? found.filter((it) => typeof it === 'string') : []
}

/** A list of objects. */
export function objects(call: Call, name: string): Array<Record<string, unknown>> {
  const found = call.parameters[name]
  return Array.isArray(found) ? found.filter((it) => typeof it === 'object' && it !== null) : []
}

export function isDryRun(call: Call): boolean {
  return text(call, 'DryRun') === 'true'
}

export function sameAnswer(answer: WireAnswer, body: string): WireAnswer {
  return { ...answer, body: Buffer.from(body) }
}
