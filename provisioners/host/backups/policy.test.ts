import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backupName, backupTime, expired } from './policy.ts'

const night = (day: number, hour = 3) => backupName(new Date(Date.UTC(2026, 10, day, hour, 15)))

describe('names', () => {
  it('say when', () => {
    expect(night(24)).toBe('bookstore-20261124-031500.tar.gz')
    expect(backupTime(night(24))?.toISOString()).toBe('2026-11-24T03:15:00.000Z')
    expect(backupTime('bookstore-20261124.tar.gz')).toBeUndefined()
  })
})

describe('what may go', () => {
  it('keeps days, then weeks', () => {
    // 2026-11-02 is a Monday.
    const files = Array.from({ length: 24 }, (_, at) => night(at + 1))
    const gone = expired(files, { days: 3, weeks: 3 })
    expect(files.filter((file) => !gone.includes(file))).toEqual([night(15), night(22), night(23), night(24)])
  })

  it('keeps the newest of a day with several', () => {
    expect(expired([night(24, 3), night(24, 9)], { days: 2, weeks: 1 })).toEqual([night(24, 3)])
  })

  it('never touches what is not named like ours, nor the newest', () => {
    const strange = ['before-upgrade.tar.gz', 'bookstore-latest.tar.gz', '.hidden']
    expect(expired([...strange, night(1)], { days: 0, weeks: 0 })).toEqual([])
  })

  it('is the same for any order, and does nothing more when done again', () => {
    const files = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 60 })
    fc.assert(
      fc.property(files, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 6 }), (days, keep, weeks) => {
        const names = days.map((day) => night(day))
        const gone = expired(names, { days: keep, weeks })
        expect(expired([...names].reverse(), { days: keep, weeks })).toEqual(gone)
        const left = names.filter((each) => !gone.includes(each))
        expect(expired(left, { days: keep, weeks })).toEqual([])
        expect(left.length).toBeLessThanOrEqual(keep + weeks + 1)
      }),
    )
  })
})
