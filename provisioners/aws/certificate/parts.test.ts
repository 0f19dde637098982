import { expect, it } from 'vitest'
import { join, split } from './parts.ts'

const long = Array.from({ length: 3_000 }, (_, at) => String(at)).join(' ')

it('is in parts that fit into a standard parameter, and whole again', () => {
  const parts = split(long)
  expect(parts.length).toBe(4)
  expect(parts.filter((part) => part.length > 4_096)).toEqual([])
  expect(join(parts)).toBe(long)
  expect(join(split(''))).toBe('')
})

it('ignores what a longer text before it has left behind', () => {
  expect(join([...split('short'), ...split(long).slice(1)])).toBe('short')
})

it('is nothing while parts are missing, or are of two texts', () => {
  const [first = '', ...others] = split(long)
  const [, ...ofAnother] = split(`${long}!`)
  expect(join([])).toBeUndefined()
  expect(join([first])).toBeUndefined()
  expect(join([first, ...others.slice(1)])).toBeUndefined()
  expect(join([first, ...ofAnother])).toBeUndefined()
})
