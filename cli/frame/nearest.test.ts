import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distance, nearest } from './nearest.ts'

test.each([
  ['', '', 0],
  ['plan', 'plan', 0],
  ['plan', 'paln', 1],
  ['plan', 'pln', 1],
  ['plan', 'plans', 1],
  ['status', 'sattsu', 2],
  ['abc', '', 3],
])('%s and %s are %i apart', (a, b, expected) => {
  expect(distance(a, b)).toBe(expected)
})

test('is symmetric, zero for equals only, and at most the longer length', () => {
  const word = fc.string({ maxLength: 8 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const found = distance(a, b)
      expect(found).toBe(distance(b, a))
      expect(found === 0).toBe(a === b)
      expect(found).toBeLessThanOrEqual(Math.max(a.length, b.length))
    }),
  )
})

const verbs = ['init', 'doctor', 'plan', 'up', 'status', 'scale', 'smoke']

test.each([
  ['statsu', 'status'],
  ['PLAN', 'plan'],
  ['stat', 'status'],
  ['u', 'up'],
  ['smokee', 'smoke'],
  ['deploy', undefined],
  ['', undefined],
])('%s probably means %s', (word, expected) => {
  expect(nearest(word, verbs)).toBe(expected)
})
