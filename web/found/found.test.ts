import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Book } from '../gateway/schemas.ts'
import { bookData } from './data.ts'
import { scriptSafeJson } from './json-ld.ts'
import { summary } from './summary.ts'

const book = {
  id: '00000000-0000-4000-8000-000000000001',
  title: 'Niebla',
  author: 'Miguel de Unamuno',
  description: '',
  language: 'es',
  year: 1914,
  price: { amount: 1095, currency: 'EUR' },
  stock: 2,
  condition: 'good' as const,
  onSale: true,
  seller: { id: '1', name: 'Ana' },
}
const dataOf = (changed: Partial<Book>) => bookData({ ...book, ...changed }, 'https://a.example/es/books/1', '/x.png')

describe('a data block', () => {
  it('is never ended by what it says, and says all of it', () => {
    const hostile = [
      '</script><script>alert(1)</script>',
      '<!--<script>',
      ']]>',
      '\u2028\u2029',
      '&lt;',
      '\\u003c',
      '"\'`',
    ]
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...hostile))
    fc.assert(
      fc.property(text, text, (title, description) => {
        const json = scriptSafeJson(dataOf({ title, description }))
        expect(json).not.toMatch(/[<>&\u2028\u2029]/)
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(dataOf({ title, description }))))
      }),
    )
  })
})

describe('a book’s data', () => {
  it('has its price in the currency’s digits', () => {
    expect(dataOf({}).offers).toMatchObject({ price: '10.95', priceCurrency: 'EUR' })
    expect(dataOf({ price: { amount: 1095, currency: 'JPY' } }).offers).toMatchObject({ price: '1095' })
  })

  it('tells what is sold out, used and old', () => {
    expect(dataOf({ stock: 0, condition: 'new' }).offers).toMatchObject({
      availability: 'https://schema.org/SoldOut',
      itemCondition: 'https://schema.org/NewCondition',
    })
    expect(dataOf({ year: 800 })).toMatchObject({ datePublished: '0800' })
    expect(dataOf({ year: -700 })).not.toHaveProperty('datePublished')
  })
})

it('a summary ends with a whole word', () => {
  expect(summary(' Breve,\n y  bueno. ')).toBe('Breve, y bueno.')
  expect(summary('palabra, '.repeat(40))).toMatch(/^(?:palabra, )+palabra…$/)
  expect(summary('x'.repeat(400)).length).toBeLessThanOrEqual(161)
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => summary(text).length <= 161))
})
