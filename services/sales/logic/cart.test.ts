import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Book } from '../peers/catalog.ts'
import { lineView, totalsOf } from './cart.ts'

const bookId = '0b54ba2c-6b0c-4b12-9c4f-7a2b1f3f5a10'
const money = (amount: number) => ({ amount, currency: 'USD' })
const book = (stock: number, amount: number): Book => ({
  id: bookId,
  title: 'Niebla',
  author: 'Miguel de Unamuno',
  seller: { id: bookId, name: 'Ana' },
  price: money(amount),
  stock,
  cover: null,
})

describe('a line of a cart', () => {
  it.each([
    [1, money(5), book(1, 5), 'available'],
    [1, null, book(1, 5), 'available'],
    [1, money(4), book(1, 5), 'price-changed'],
    [1, { amount: 5, currency: 'EUR' }, book(1, 5), 'price-changed'],
    [2, money(4), book(1, 5), 'short'],
    [1, money(5), book(0, 5), 'gone'],
    [1, money(5), undefined, 'gone'],
  ])('of %i, added at %j, is %4$s', (quantity, added, found, state) => {
    expect(lineView({ bookId, quantity, added }, found).state).toBe(state)
  })
})

it('adds up what can be ordered, and nothing else', () => {
  const cart = fc.array(
    fc.record({ quantity: fc.integer({ min: 1, max: 99 }), stock: fc.nat(120), price: fc.nat(1e7) }),
  )
  fc.assert(
    fc.property(cart, (lines) => {
      const views = lines.map(({ quantity, stock, price }) =>
        lineView({ bookId, quantity, added: money(price) }, book(stock, price)),
      )
      const expected = lines
        .filter(({ quantity, stock }) => stock >= quantity)
        .reduce((sum, { quantity, price }) => sum + quantity * price, 0)
      expect(totalsOf(views).reduce((sum, { amount }) => sum + amount, 0)).toBe(expected)
    }),
  )
})
