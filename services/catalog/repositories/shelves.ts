import { type Queryable, statement } from '../../kit/database.ts'
import type { Book } from '../entities/book.ts'
import type { Position } from '../search/cursor.ts'
import { facetsStatement } from '../search/facets-statement.ts'
import { rowsStatement } from '../search/rows-statement.ts'
import type { Likeness, Search, Shelf } from '../search/search.ts'
import { type BookRow, toBook } from './book-row.ts'

interface FacetValue {
  value: string
  count: number
}

export interface Facets {
  languages: FacetValue[]
  conditions: FacetValue[]
  /** The most frequent ones. */
  authors: FacetValue[]
  /** Minor units. */
  price: { min: number; max: number } | null
  inStock: number
  /** Of books that pass every filter. */
  total: number
  /** True when there are more books than are counted: then counts are of the newest. */
  capped: boolean
}

export interface FoundBook {
  book: Book
  /** Its place in the order of the search. */
  position: Position
}

type Row = BookRow & { key?: string | number | Date; score?: number }

const toValue = (key: string | number | Date): string | number => (key instanceof Date ? key.toISOString() : key)

/** At most `limit` books, from the first after `after`. */
export async function findBooks(
  db: Queryable,
  search: Search,
  after: Position | undefined,
  limit: number,
): Promise<FoundBook[]> {
  const { statement, values } = rowsStatement(search, after, limit)
  const rows = await db.rows<Row>(statement, values)
  return rows.map((row) => ({
    book: toBook(row),
    position: { matching: search.text.matching, value: toValue(row.key ?? row.score ?? 0), id: row.id },
  }))
}

export async function countFacets(db: Queryable, search: Search): Promise<Facets> {
  const { statement, values } = facetsStatement(search)
  const row = await db.row<Facets>(statement, values)
  if (!row) throw new Error('a statement without from gave no row')
  return row
}

const mostSimilar = 500
const similar = statement('list-likeness', 'select id, score from similar_books($1, $2::tsquery, $3, $4)')
const inUse = statement('list-words-in-use', 'select word from words_in_use($1::text[], $2) as word')

/** Whose books a mistyped search looks through: all that are on sale, or all of a seller who looks at their own. */
const ownerOf = (shelf: Shelf | undefined): string | null => (shelf?.paused ? shelf.sellerId : null)

/** Those of the words that any book has which `shelf` may show. */
export async function wordsInUse(
  db: Queryable,
  words: readonly string[],
  shelf: Shelf | undefined,
): Promise<Set<string>> {
  return new Set((await db.rows<{ word: string }>(inUse, [words, ownerOf(shelf)])).map((row) => row.word))
}

/** The books that have the words of `query`, a tsquery; without any, those that are most like the folded text. */
export async function findSimilar(
  db: Queryable,
  text: string,
  query: string | undefined,
  shelf: Shelf | undefined,
): Promise<Likeness> {
  const values = [text, query ?? null, mostSimilar, ownerOf(shelf)]
  const rows = await db.rows<{ id: string; score: number }>(similar, values)
  return { ids: rows.map((row) => row.id), scores: rows.map((row) => row.score) }
}
