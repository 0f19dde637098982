import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, wordsOf } from './fold.ts'

describe('fold', () => {
  it.each([
    ['Ñandú, ¡el ÁGUILA!', 'nandu el aguila'],
    ["L'Étranger", 'l etranger'],
    ['Straße', 'strasse'],
    ['ΛΌΓΟΣ', 'λογοσ'],
    ['Йод', 'иод'],
    ['ﬁn', 'fin'],
    ['源氏物語', '源 氏 物 語'],
    ['İstanbul', 'istanbul'],
    ['100% _real_', '100 real'],
    ['\u{1F4DA}', ''],
  ])('makes %j into %j', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('gives letters, digits and single spaces, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(text)).toMatch(/^([\p{L}\p{N}]+( [\p{L}\p{N}]+)*)?$/u)
      }),
    )
  })

  it('sees no difference between cases, nor between composed and decomposed letters', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aáÁñÑüÜçÇøØßłŁéÉжЖйЙλΛ ') })
    fc.assert(
      fc.property(letters, (text) => {
        expect(fold(text.normalize('NFD'))).toBe(fold(text))
        expect(fold(text.toUpperCase())).toBe(fold(text))
        expect(fold(fold(text))).toBe(fold(text))
      }),
    )
  })

  it('cuts words that are longer than an index takes', () => {
    expect(wordsOf('a'.repeat(1_000))[0]).toHaveLength(40)
    expect(wordsOf(' - ')).toEqual([])
  })
})
