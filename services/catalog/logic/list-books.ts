import type { Catalog } from '../context.ts'
import type { Condition } from '../entities/book.ts'
import { countFacets, type Facets, type FoundBook, findBooks } from '../repositories/shelves.ts'
import { type Matching, type Position, readCursor, writeCursor } from '../search/cursor.ts'
import { fold } from '../search/fold.ts'
import type { Search } from '../search/search.ts'
import { slipsQuery } from '../search/slips.ts'
import type { Sort } from '../search/sort.ts'
import { authorQuery, textQuery } from '../search/text-query.ts'

export interface ListQuery {
  q: string | undefined
  author: string | undefined
  languages: readonly string[] | undefined
  conditions: readonly Condition[] | undefined
  minPrice: number | undefined
  maxPrice: number | undefined
  inStock: boolean
  seller: string | undefined
  sort: Sort | undefined
  cursor: string | undefined
  limit: number
}

export interface BookList {
  books: FoundBook['book'][]
  next: string | null
  facets: Facets
}

const nothing: Facets = {
  languages: [],
  conditions: [],
  authors: [],
  price: null,
  inStock: 0,
  total: 0,
  capped: false,
}

/** Relevance says nothing of a list without a text. */
function sortOf({ q, sort }: ListQuery): Sort {
  if (q === undefined) return sort === undefined || sort === 'relevance' ? 'newest' : sort
  return sort ?? 'relevance'
}

function searchOf(query: ListQuery, matching: Matching, text: string, author: string | undefined): Search {
  const { languages, conditions, minPrice, maxPrice, inStock, seller } = query
  const filters = { languages, conditions, author, minPrice, maxPrice, inStock }
  const slips = matching === 'similar' ? (slipsQuery(text) ?? '') : ''
  return { matching, text, slips, seller, sort: sortOf(query), filters }
}

async function look({ db }: Catalog, search: Search, after: Position | undefined, limit: number): Promise<BookList> {
  const [found, facets] = await Promise.all([findBooks(db, search, after, limit + 1), countFacets(db, search)])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    books: shown.map(({ book }) => book),
    next: found.length > limit && last ? writeCursor(search.sort, last.position) : null,
    facets,
  }
}

/**
 * A page of the books on sale. A text that no book has word by word is searched for by likeness.
 * @throws Problem 400 invalid-cursor
 */
export async function listBooks(catalog: Catalog, query: ListQuery): Promise<BookList> {
  const { q, author, cursor, limit } = query
  const allowed: Matching[] = q === undefined ? ['all'] : ['words', 'similar']
  const after = cursor === undefined ? undefined : readCursor(cursor, sortOf(query), allowed)
  const byAuthor = author === undefined ? undefined : authorQuery(author)
  if (author !== undefined && byAuthor === undefined) return { books: [], next: null, facets: nothing }
  const using = (matching: Matching, text: string) =>
    look(catalog, searchOf(query, matching, text, byAuthor), after, limit)

  if (q === undefined) return using('all', '')
  const words = textQuery(q)
  if (words === undefined) return { books: [], next: null, facets: nothing }
  if (after?.matching === 'similar') return using('similar', fold(q))
  const found = await using('words', words)
  return after || found.facets.total > 0 ? found : using('similar', fold(q))
}
