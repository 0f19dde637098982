import { inspect } from 'node:util'

const dots = '••••••'

/** A value that prints as dots wherever it is shown: string conversion, JSON, console, errors. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Call this only where it is handed to the thing that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return dots
  }

  toJSON(): string {
    return dots
  }

  [inspect.custom](): string {
    return dots
  }
}
