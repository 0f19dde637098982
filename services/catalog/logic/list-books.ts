import type { Catalog } from '../context.ts'
import type { Condition } from '../entities/book.ts'
import {
  countFacets,
  type Facets,
  type FoundBook,
  findBooks,
  findSimilar,
  wordsInUse,
} from '../repositories/shelves.ts'
import { type Matching, type Position, readCursor, writeCursor } from '../search/cursor.ts'
import { fold } from '../search/fold.ts'
import type { Likeness, Search, Shelf, Text } from '../search/search.ts'
import { slipsIn, slipsQuery } from '../search/slips.ts'
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
  seller: Shelf | undefined
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

function searchOf(query: ListQuery, text: Text, author: string | undefined): Search {
  const { languages, conditions, minPrice, maxPrice, inStock, seller } = query
  const filters = { languages, conditions, author, minPrice, maxPrice, inStock }
  return { text, seller, sort: sortOf(query), filters }
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

/** Books with the words as they may have been meant, or else with a title and author that look alike. */
async function whatWasMeant({ db }: Catalog, typed: string, shelf: Shelf | undefined): Promise<Likeness> {
  const slips = slipsIn(typed)
  const known = await wordsInUse(db, [...new Set(slips.flat())], shelf)
  return findSimilar(db, fold(typed), slipsQuery(slips, known), shelf)
}

/**
 * A page of the books on sale, and of those that are paused on their seller's own shelf. A text that no book has word by word is searched for by likeness.
 * @throws Problem 400 invalid-cursor
 */
export async function listBooks(catalog: Catalog, query: ListQuery): Promise<BookList> {
  const { q, author, cursor, limit } = query
  const allowed: Matching[] = q === undefined ? ['all'] : ['words', 'similar']
  const after = cursor === undefined ? undefined : readCursor(cursor, sortOf(query), allowed)
  const byAuthor = author === undefined ? undefined : authorQuery(author)
  if (author !== undefined && byAuthor === undefined) return { books: [], next: null, facets: nothing }
  const using = (text: Text) => look(catalog, searchOf(query, text, byAuthor), after, limit)

  if (q === undefined) return using({ matching: 'all' })
  const words = textQuery(q)
  if (words === undefined) return { books: [], next: null, facets: nothing }
  if (after?.matching !== 'similar') {
    const found = await using({ matching: 'words', query: words })
    if (after || found.facets.total > 0) return found
  }
  return using({ matching: 'similar', ...(await whatWasMeant(catalog, q, query.seller)) })
}
