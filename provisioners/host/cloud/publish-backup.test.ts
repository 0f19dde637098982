import { expect, it } from 'vitest'
import { shareOfLife } from '../figures/figures.ts'
import { prefixFor } from './publish-backup.ts'

const night = (day: number) => new Date(Date.UTC(2026, 10, day, 3, 15))

it('keeps the first backup of each week apart, whichever night that is', () => {
  const prefixes: string[] = []
  let last: { at: string } | undefined
  // 2026-11-02 is a Monday; on the 9th there was none.
  for (const day of [5, 6, 8, 10, 11, 16]) {
    prefixes.push(prefixFor(night(day), last).replace('backups/', ''))
    last = { at: night(day).toISOString() }
  }
  expect(prefixes).toEqual(['weekly/', 'nightly/', 'nightly/', 'weekly/', 'nightly/', 'weekly/'])
})

it('counts the age of a certificate in percent of its life, however long that is', () => {
  const life = (days: number) => ({ notBefore: night(1).toISOString(), notAfter: night(1 + days).toISOString() })
  expect(shareOfLife(life(10), night(6))).toBe(50)
  expect(shareOfLife(life(2), night(4))).toBe(150)
  expect(shareOfLife({ notBefore: undefined, notAfter: undefined }, night(4))).toBeUndefined()
})
