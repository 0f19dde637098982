import { inspect } from 'node:util'

const dots = '••••••'

/** A value that prints as dots in logs, JSON, errors and inspection. Services import nothing from the provisioners, hence their own. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

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
