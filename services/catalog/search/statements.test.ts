import { describe, expect, it } from 'vitest'
import type { Position } from './cursor.ts'
import { facetsStatement } from './facets-statement.ts'
import type { Filters } from './filters.ts'
import { rowsStatement } from './rows-statement.ts'
import type { Search, Shelf, Text } from './search.ts'
import { sorts } from './sort.ts'

const open: Filters = {
  languages: undefined,
  conditions: undefined,
  author: undefined,
  minPrice: undefined,
  maxPrice: undefined,
  inStock: false,
}
const filters: Filters[] = [
  open,
  { ...open, languages: ['es'] },
  { ...open, author: "'x':B", minPrice: 5 },
  { ...open, conditions: ['new'], maxPrice: 9, inStock: true },
]
const after: Position = { matching: 'all', value: 1, id: 'id' }

const shelf: Shelf = { sellerId: 'seller', paused: true }

const texts: Text[] = [
  { matching: 'all' },
  { matching: 'words', query: "'x'" },
  { matching: 'similar', ids: [], scores: [] },
]

function* searches(): Generator<Search> {
  for (const text of texts)
    for (const seller of [undefined, shelf])
      for (const sort of sorts) for (const filter of filters) yield { text, seller, sort, filters: filter }
}

describe('the statements of a list', () => {
  it('have one text for each name, few names, and a value for each place', () => {
    const known = new Map<string, string>()
    for (const search of searches())
      for (const { statement, values } of [
        rowsStatement(search, undefined, 25),
        rowsStatement(search, after, 25),
        facetsStatement(search),
      ]) {
        expect(known.get(statement.name) ?? statement.text).toBe(statement.text)
        known.set(statement.name, statement.text)
        const places = new Set(statement.text.match(/\$\d+/g))
        expect([...places].sort()).toEqual(values.map((_, index) => `$${index + 1}`).sort())
        // https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
        expect(statement.name.length).toBeLessThan(63)
      }
    expect(known.size).toBeLessThanOrEqual(210)
  })
})
