import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slipsIn, slipsOf, slipsQuery } from './slips.ts'
import { authorQuery, textQuery } from './text-query.ts'
import { searchVector } from './vector.ts'

const quoted = /^\(?'[\p{L}\p{N}]+'(:\*|:B)?\)?$/u
/** As if books had all words. */
const slipsOfAll = (text: string) => slipsQuery(slipsIn(text), new Set(slipsIn(text).flat()))
const operands = (query: string) => query.split(/ & |\|/)

describe('a query made of what somebody typed', () => {
  it('asks for every word, and for the beginning of the last', () => {
    expect(textQuery('  Don Quijo')).toBe("'don' & 'quijo':*")
    expect(authorQuery('Pérez Galdós')).toBe("'perez':B & 'galdos':B")
  })

  it('is undefined without a word', () => {
    for (const text of ['', '   ', "'&|!:*()", '\u{1F984}'])
      expect([textQuery(text), authorQuery(text), slipsOfAll(text)]).toEqual([undefined, undefined, undefined])
  })

  it('holds nothing but quoted words, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const query of [textQuery(text), authorQuery(text), slipsOfAll(text)])
          for (const operand of query === undefined ? [] : operands(query)) expect(operand).toMatch(quoted)
      }),
    )
  })
})

describe('slips', () => {
  it('lead back to every word that is one slip away', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 5, maxLength: 12 })
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'swap', 'double', 'replace'), (right, where, kind) => {
        const at = where % (right.length - 1)
        const [a, b, rest] = [right[at] as string, right[at + 1] as string, right.slice(at + 2)]
        const middle = { drop: b, swap: b + a, double: a + a + b, replace: `z${b}` }[kind]
        expect(slipsOf(right.slice(0, at) + middle + rest)).toContain(right)
      }),
    )
  })

  it('are asked for where a book has them, the last word as a beginning too', () => {
    const known = new Set(['don', 'quijote', 'quipote'])
    expect(slipsQuery(slipsIn('don qijote'), known)).toBe("('don') & ('quijote'|'qijote':*)")
    expect(slipsQuery(slipsIn('qijote panza'), known)).toBe("('quijote') & ('panza':*)")
    expect(slipsQuery(slipsIn('hamlet quijote'), known)).toBeUndefined()
  })

  it('stay within reason', () => {
    expect(slipsOf('abc')).toEqual(['abc'])
    expect(slipsOf('a'.repeat(15))).toHaveLength(1)
    expect(slipsOf('abcdefghijklmn').length).toBeLessThan(850)
    expect(slipsOf('война')).toContain('воина')
  })
})

describe('a search vector', () => {
  it('numbers and weighs the words', () => {
    const book = { title: 'Niebla', author: 'Miguel de Unamuno', description: 'Una nivola.' }
    expect(searchVector(book)).toBe("'niebla':1A 'miguel':2B 'de':3B 'unamuno':4B 'una':5 'nivola':6")
  })
})
