import { describe, expect, it } from 'vitest'
import { countries } from './countries.ts'
import { languageName, money, plainPrice, readPrice, year } from './format.ts'
import { messages } from './messages.ts'

function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'function') return [[path, String(value('α', 'β'))]]
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
}
const spanish = new Map(leaves(messages.es))
const english = new Map(leaves(messages.en))

/** Words that are the same in both languages. */
const shared = new Set(['cart.subtotal', 'checkout.total', 'order.total'])

describe('messages', () => {
  it('say all in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...spanish.keys()].sort())
    for (const [key, text] of [...spanish, ...english]) expect(text.trim(), key).not.toBe('')
  })

  it('were translated, not copied', () => {
    for (const [key, text] of spanish) if (!shared.has(key)) expect(english.get(key), key).not.toBe(text)
  })

  it('use what they are given', () => {
    expect(messages.es.browse.titleFor('niebla')).toContain('niebla')
    expect(messages.en.order.title('7F')).toContain('7F')
  })
})

describe('money', () => {
  it('follows the language and the currency’s digits', () => {
    expect(money('es', { amount: 1095, currency: 'USD' })).toBe('10,95\u00a0US$')
    expect(money('en', { amount: 1095, currency: 'USD' })).toBe('$10.95')
    expect(money('en', { amount: 1095, currency: 'JPY' })).toBe('¥1,095')
  })

  it('goes through a text field and back', () => {
    for (const currency of ['USD', 'JPY', 'KWD'])
      for (const lang of ['es', 'en'] as const)
        expect(readPrice(plainPrice(lang, { amount: 123_456, currency }), currency)).toBe(123_456)
  })
})

it('names languages, years and countries, and survives what is none', () => {
  expect(languageName('es', 'fr')).toBe('Francés')
  expect(languageName('es', 'not a tag!')).toBe('not a tag!')
  expect(languageName('en', 'xx')).toBe('xx')
  expect(year(messages.es, -700)).toBe('700 a. C.')
  expect(countries('es').length).toBeGreaterThan(240)
  expect(countries('es').find(({ value }) => value === 'ES')?.text).toBe('España')
})
