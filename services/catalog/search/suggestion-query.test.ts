import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suggestionQuery } from './suggestion-query.ts'

describe('a query of suggestions', () => {
  it('has the words, what may have been meant by each, and the last as a beginning', () => {
    const query = suggestionQuery('  Don Qujiote ')
    expect(query).toMatchObject({ text: 'don qujiote', words: "'don' & 'qujiote':*", last: "'qujiote':*" })
    expect(query?.spellings[query.places.indexOf(1)]).toBe('qujiote')
    expect(query?.spellings).toContain('quijote')
  })

  it('is undefined without a word', () => {
    for (const text of ['', '   ', "'&|!:*()", '\u{1F984}']) expect(suggestionQuery(text)).toBeUndefined()
  })

  it('holds nothing but quoted words and stays within reason, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        const query = suggestionQuery(text)
        if (!query) return
        expect(`${query.words} & ${query.last}`).toMatch(/^'[\p{L}\p{N}]+'(:\*)?( & '[\p{L}\p{N}]+'(:\*)?)*$/u)
        expect(query.spellings.every((spelling) => /^[\p{L}\p{N}]+$/u.test(spelling))).toBe(true)
        expect(query.places).toHaveLength(query.spellings.length)
        expect(query.spellings.length).toBeLessThan(4 * 850)
      }),
      { numRuns: 50 },
    )
  })
})
