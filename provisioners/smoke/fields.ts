import type { Answer } from './http/client.ts'
import { DoesNotHold } from './types.ts'

/** A parsed answer, read field by field, so that a missing one is named. */
export class Fields {
  readonly #value: unknown
  readonly #what: string

  /** @param what Whose answer it is, for the sentence: 'the order'. */
  constructor(value: unknown, what: string) {
    this.#value = value
    this.#what = what
  }

  text(path: string): string {
    const value = this.#at(path)
    if (typeof value === 'string' && value !== '') return value
    throw this.#missing(path, 'a text', value)
  }

  number(path: string): number {
    const value = this.#at(path)
    if (typeof value === 'number') return value
    throw this.#missing(path, 'a number', value)
  }

  list(path: string): Fields[] {
    const value = this.#at(path)
    if (!Array.isArray(value)) throw this.#missing(path, 'a list', value)
    return value.map((item, index) => new Fields(item, `${this.#what}, ${path} ${index + 1}`))
  }

  isList(path: string): boolean {
    return Array.isArray(this.#at(path))
  }

  /** The texts of a list; whatever else is in it is left out. */
  texts(path: string): string[] {
    const value = this.#at(path)
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  }

  has(path: string): boolean {
    const value = this.#at(path)
    return value !== undefined && value !== null
  }

  #at(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], this.#value)
  }

  #missing(path: string, wanted: string, found: unknown): DoesNotHold {
    const instead = found === undefined ? 'nothing' : (JSON.stringify(found) ?? String(found)).slice(0, 60)
    return new DoesNotHold(`${this.#what}: '${path}' should be ${wanted}, and is ${instead}.`)
  }
}

/** @throws DoesNotHold when the body is not JSON. */
export function fieldsOf(answer: Answer, what: string): Fields {
  try {
    return new Fields(JSON.parse(answer.text), what)
  } catch {
    throw new DoesNotHold(`${what}: the answer is not JSON but '${answer.text.slice(0, 60)}'.`)
  }
}
