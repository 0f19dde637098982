import type { Language } from '../settings.ts'
import type { Messages } from './es.ts'

export interface Money {
  /** In minor units. */
  amount: number
  currency: string
}

/** Constructing an Intl object costs far more than using it. */
function cached<Given extends string, Made>(make: (...given: Given[]) => Made): (...given: Given[]) => Made {
  const made = new Map<string, Made>()
  return (...given) => {
    const key = given.join('\0')
    const found = made.get(key) ?? make(...given)
    made.set(key, found)
    return found
  }
}

const currencyFormat = cached(
  (lang: string, currency: string) => new Intl.NumberFormat(lang, { style: 'currency', currency }),
)
const numberFormat = cached((lang: string) => new Intl.NumberFormat(lang))
const dayFormat = cached((lang: string) => new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }))
const momentFormat = cached(
  (lang: string) => new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }),
)
const languageNames = cached(
  (lang: string) => new Intl.DisplayNames(lang, { type: 'language', languageDisplay: 'standard', fallback: 'none' }),
)
const regionNames = cached((lang: string) => new Intl.DisplayNames(lang, { type: 'region' }))

/** Digits after the point of a currency: 2 for USD, 0 for CLP. */
export const minorDigits = cached(
  (currency: string) => currencyFormat('en', currency).resolvedOptions().maximumFractionDigits ?? 2,
)

export function money(lang: Language, { amount, currency }: Money): string {
  return currencyFormat(lang, currency).format(amount / 10 ** minorDigits(currency))
}

/** A price for a text field: `12,50` in Spanish, `12.50` in English, without the currency or grouping. */
export function plainPrice(lang: Language, { amount, currency }: Money): string {
  const digits = minorDigits(currency)
  const text = (amount / 10 ** digits).toFixed(digits)
  return lang === 'es' ? text.replace('.', ',') : text
}

/** Reads what people type: `12`, `12,5`, `12.50`. In minor units, or undefined when it is no price. */
export function readPrice(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency)
  const match = /^(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(text.trim())
  const fraction = match?.[2] ?? ''
  if (!match || fraction.length > digits) return undefined
  return Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0)
}

export const number = (lang: Language, value: number): string => numberFormat(lang).format(value)
export const day = (lang: Language, iso: string): string => dayFormat(lang).format(new Date(iso))
export const moment = (lang: Language, iso: string): string => `${momentFormat(lang).format(new Date(iso))} UTC`

const capital = (text: string, lang: Language) => text.charAt(0).toLocaleUpperCase(lang) + text.slice(1)

/** Name of a language in the page's language, capitalised: `Francés`. The tag itself for one that nobody named. */
export function languageName(lang: Language, tag: string): string {
  try {
    const name = languageNames(lang).of(tag)
    return name === undefined ? tag : capital(name, lang)
  } catch {
    return tag
  }
}

export function regionName(lang: Language, code: string): string {
  try {
    return regionNames(lang).of(code) ?? code
  } catch {
    return code
  }
}

export const year = (t: Messages, value: number): string => (value < 0 ? t.book.beforeChrist(-value) : String(value))
