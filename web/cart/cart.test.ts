import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../services/kit/secret.ts'
import { guestCartCookie, maxLines, readGuestCart } from './guest-cart.ts'
import { countOf, merged, readLines, withQuantities, writeLines } from './lines.ts'
import { Signer } from './signed.ts'

const signer = new Signer(new Secret('k'.repeat(32)), 'cart')
const cookieValue = (cookie: string) => /^__Host-cart=([^;]*)/.exec(cookie)?.[1]
const line = fc.record({ bookId: fc.uuid(), quantity: fc.integer({ min: 1, max: 99 }) })

describe('a guest’s cart', () => {
  it('comes back from its cookie as it went in', () => {
    const carts = fc.uniqueArray(line, { maxLength: maxLines, selector: ({ bookId }) => bookId })
    fc.assert(
      fc.property(carts, (lines) => {
        expect(readGuestCart(cookieValue(guestCartCookie(lines, signer)), signer)).toEqual(lines)
      }),
    )
  })

  it('fits into a cookie when it is full', () => {
    const lines = Array.from({ length: maxLines + 5 }, () => ({ bookId: randomUUID(), quantity: 99 }))
    const cookie = guestCartCookie(lines, signer)
    expect(cookie.length).toBeLessThan(3_000)
    expect(readGuestCart(cookieValue(cookie), signer)).toHaveLength(maxLines)
  })

  it('is empty when its signature is not ours', () => {
    const value = cookieValue(guestCartCookie([{ bookId: randomUUID(), quantity: 1 }], signer)) ?? ''
    const other = new Signer(new Secret('x'.repeat(32)), 'cart')
    const purpose = new Signer(new Secret('k'.repeat(32)), 'covers')
    expect(readGuestCart(value, other)).toEqual([])
    expect(readGuestCart(value, purpose)).toEqual([])
    for (const wrong of [undefined, '', '.', value.split('.')[0], `A${value}`, `${value}x`])
      expect(readGuestCart(wrong, signer)).toEqual([])
  })
})

describe('lines', () => {
  const [a, b] = [randomUUID(), randomUUID()]

  it('of two carts are one line a book, with both quantities', () => {
    expect(
      merged(
        [{ bookId: a, quantity: 2 }],
        [
          { bookId: b, quantity: 1 },
          { bookId: a, quantity: 98 },
        ],
      ),
    ).toEqual([
      { bookId: a, quantity: 99 },
      { bookId: b, quantity: 1 },
    ])
  })

  it('take new quantities; nothing of a book removes it', () => {
    const lines = [
      { bookId: a, quantity: 2 },
      { bookId: b, quantity: 1 },
    ]
    expect(
      withQuantities(
        lines,
        new Map([
          [a, 0],
          [b, 5],
        ]),
      ),
    ).toEqual([{ bookId: b, quantity: 5 }])
    expect(countOf(lines)).toBe(3)
  })

  it('travel through a hidden field whatever their order', () => {
    const lines = [
      { bookId: a, quantity: 2 },
      { bookId: b, quantity: 1 },
    ]
    expect(writeLines(lines)).toBe(writeLines(lines.toReversed()))
    expect(readLines(writeLines(lines))).toHaveLength(2)
    for (const wrong of ['', 'x:1', `${a}:`, `${a}:-1`, `${a}:1e3`, '<script>:1']) expect(readLines(wrong)).toEqual([])
  })
})
