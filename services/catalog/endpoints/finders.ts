import { type Endpoint, endpoint, ok } from '../../kit/endpoint.ts'
import type { Catalog } from '../context.ts'
import { relatedBooks } from '../logic/related-books.ts'
import { suggest } from '../logic/suggest.ts'
import { bookParams, booksJson, suggestionsJson, suggestionsQuery } from '../schemas.ts'
import { toBookJson } from './book-json.ts'

/** The same for everybody, and asked for at every key: a minute old is new enough. */
const shared = { 'cache-control': 'public, max-age=60' }

const usualLimit = 8

const suggestions = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/catalog/suggestions',
    summary: 'Books and authors on sale for what somebody has typed so far',
    access: 'public',
    query: suggestionsQuery,
    responses: { 200: suggestionsJson },
    problems: { 400: ['invalid-query'] },
    handle: async ({ query }) =>
      ok({ items: await suggest(catalog, query.q ?? '', query.limit ?? usualLimit) }, shared),
  })

const related = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/catalog/books/:id/related',
    summary: 'Books that go with one on sale: of its author, then of its language and era; those in stock first',
    access: 'public',
    params: bookParams,
    responses: { 200: booksJson },
    problems: { 404: ['not-found'] },
    handle: async ({ params }) => ok({ items: (await relatedBooks(catalog, params.id)).map(toBookJson) }, shared),
  })

export const finderEndpoints = (catalog: Catalog): Endpoint[] => [suggestions(catalog), related(catalog)]
