import { number, plainPrice, readPrice } from '../i18n/format.ts'
import type { Messages } from '../i18n/messages.ts'
import type { Language } from '../settings.ts'
import type { Form } from './form.ts'

const emailForm = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** Reads the fields of a form and gathers what is wrong with them, in the reader's words. */
export class Checks {
  readonly errors: Record<string, string> = {}
  readonly #form: Form
  readonly #t: Messages
  readonly #lang: Language

  constructor(form: Form, t: Messages, lang: Language) {
    this.#form = form
    this.#t = t
    this.#lang = lang
  }

  /** At most `max` characters, at least one unless `optional`. */
  text(name: string, max: number, optional = false): string {
    const text = this.#form.text(name)
    if (text === '' && !optional) this.errors[name] = this.#t.errors.empty
    else if ([...text].length > max) this.errors[name] = this.#t.errors.tooLong(max)
    return text
  }

  email(name: string): string {
    const text = this.text(name, 254)
    if (!this.errors[name] && !emailForm.test(text)) this.errors[name] = this.#t.errors.email
    return text
  }

  /** As it was typed, spaces and all. */
  password(name: string, min: number): string {
    const text = this.#form.raw(name)
    if (text === '') this.errors[name] = this.#t.errors.empty
    else if ([...text].length < min) this.errors[name] = this.#t.errors.tooShort(min)
    else if (text.length > 256) this.errors[name] = this.#t.errors.tooLong(256)
    return text
  }

  integer(name: string, min: number, max: number): number {
    const text = this.text(name, 12)
    if (this.errors[name]) return min
    const value = /^[-−]?\d+$/.test(text) ? Number(text.replace('−', '-')) : undefined
    if (value === undefined) this.errors[name] = this.#t.errors.number
    else if (value < min || value > max)
      this.errors[name] = this.#t.errors.range(number(this.#lang, min), number(this.#lang, max))
    return value ?? min
  }

  /** In minor units. */
  price(name: string, currency: string, max: number): number {
    const text = this.text(name, 20)
    if (this.errors[name]) return 0
    const amount = readPrice(text, currency)
    if (amount === undefined) this.errors[name] = this.#t.errors.price
    else if (amount < 1 || amount > max) {
      const [least, most] = [1, max].map((limit) => plainPrice(this.#lang, { amount: limit, currency }))
      this.errors[name] = this.#t.errors.range(least ?? '', most ?? '')
    }
    return amount ?? 0
  }

  choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = values.find((each) => each === this.#form.text(name))
    if (value === undefined) this.errors[name] = this.#t.errors.choose
    return value
  }
}
