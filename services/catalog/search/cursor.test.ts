import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../kit/page.ts'
import { Problem } from '../../kit/problem.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { orders, sorts } from './sort.ts'

const id = '00000000-0000-4000-8000-000000000001'
const arbitraries = {
  int: fc.integer({ min: -1_000, max: 10_000_000 }),
  text: fc.string(),
  timestamptz: fc.constant('2026-11-24T05:00:00.123Z'),
}

describe('a cursor', () => {
  it.each(sorts)('of %s comes back as it was, under its own order alone', (sort) => {
    fc.assert(
      fc.property(arbitraries[orders[sort].type] as fc.Arbitrary<string | number>, (value) => {
        const cursor = writeCursor(sort, { matching: 'words', value, id })
        expect(readCursor(cursor, sort, ['words'])).toEqual({ matching: 'words', value, id })
        expect(() => readCursor(cursor, sort, ['all'])).toThrow(Problem)
        for (const other of sorts.filter((candidate) => candidate !== sort))
          expect(() => readCursor(cursor, other, ['words'])).toThrow(Problem)
      }),
      { numRuns: 20 },
    )
  })

  it('of anybody else is refused, never believed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => encodeCursor(value as never)),
        ),
        (cursor) => {
          expect(() => readCursor(cursor, 'newest', ['all'])).toThrow(Problem)
        },
      ),
    )
  })
})
