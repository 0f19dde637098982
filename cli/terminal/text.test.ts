import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duration, fitTo, widthOf, wrap } from './text.ts'

test.each([
  [0, '0.0 s'],
  [412, '0.4 s'],
  [9_949, '9.9 s'],
  [9_951, '10 s'],
  [31_000, '31 s'],
  [99_400, '99 s'],
  [125_000, '2 min 05 s'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test.each([
  ['café', 4],
  ['cafe\u0301', 4],
  ['書店', 4],
  ['👩‍🚀 ok', 5],
])('%s takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width)
})

test('fits any text to any width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(widthOf(fitTo(text, width, '…'))).toBe(width)
    }),
  )
})

test('cuts with an ellipsis, between characters', () => {
  expect(fitTo('waiting for PostgreSQL', 10, '…')).toBe('waiting f…')
  expect(fitTo('書店書店', 4, '…')).toBe('書… ')
  expect(fitTo('x', 0, '…')).toBe('')
})

test('wraps at spaces and loses nothing', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('averyveryverylongword b', 5)).toEqual(['averyveryverylongword', 'b'])
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
      expect(wrap(words.join(' '), 20).join(' ')).toBe(words.join(' '))
    }),
  )
})
