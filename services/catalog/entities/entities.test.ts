import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { etagOf, names } from './etag.ts'
import { canonicalLanguage } from './language.ts'

describe('a language tag', () => {
  it.each([
    ['ES', 'es'],
    ['pt-br', 'pt-BR'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['iw', 'he'],
    ['grc', 'grc'],
    ['', undefined],
    ['e', undefined],
    ['spanish language', undefined],
    ['es_MX', undefined],
    ['*', undefined],
    ['es-'.repeat(20), undefined],
  ])('%j is %j', (tag, canonical) => {
    expect(canonicalLanguage(tag)).toBe(canonical)
  })

  it('stays as it is once it is canonical, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const canonical = canonicalLanguage(text)
        if (canonical !== undefined) expect(canonicalLanguage(canonical)).toBe(canonical)
      }),
    )
  })
})

describe('an entity tag', () => {
  const etag = etagOf({ revision: 7 })

  it.each([
    [etag, true],
    [`W/${etag}`, true],
    [`"a", ${etag} ,"b"`, true],
    ['*', true],
    [etagOf({ revision: 8 }), false],
    ['7', false],
    ['', false],
  ])('is named by %s: %s', (header, named) => {
    expect(names(header, etag)).toBe(named)
  })
})
