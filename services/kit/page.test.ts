import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { decodeCursor, encodeCursor, toPage } from './page.ts'

const pair = z.tuple([z.number(), z.string()])

it('reads back what it wrote', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string({ unit: 'grapheme' }), (price, id) => {
      expect(decodeCursor(encodeCursor([price, id]), pair)).toEqual([price, id])
    }),
  )
})

it.each(['', 'x', '%%%', encodeCursor(['other', 'sort']), Buffer.from('{"a":1}').toString('base64url')])(
  'refuses the cursor %j',
  (cursor) => {
    expect(() => decodeCursor(cursor, pair)).toThrow(expect.objectContaining({ status: 400, code: 'invalid-cursor' }))
  },
)

it('has a next page only when there was one row more', () => {
  const page = (rows: number[]) =>
    toPage(
      rows,
      2,
      (row) => row,
      (row) => [row],
    )
  expect(page([1, 2]).next).toBeNull()
  expect(page([1, 2, 3])).toEqual({ items: [1, 2], next: encodeCursor([2]) })
  expect(page([])).toEqual({ items: [], next: null })
})
