import type { z } from 'zod'
import { endpoint, ok, type Principal } from '../../kit/endpoint.ts'
import { Problem } from '../../kit/problem.ts'
import type { Catalog } from '../context.ts'
import { type ListQuery, listBooks } from '../logic/list-books.ts'
import { bookPage, listQuery } from '../schemas.ts'
import type { Shelf } from '../search/search.ts'
import { toBookJson } from './book-json.ts'

/** @throws Problem 401 when 'me' is nobody. */
function shelfOf(seller: string | undefined, principal: Principal | undefined): Shelf | undefined {
  if (seller === undefined) return undefined
  if (seller !== 'me') return { sellerId: seller, paused: false }
  if (principal) return { sellerId: principal.userId, paused: true }
  throw new Problem(401, 'unauthenticated', 'Log in first', { headers: { 'www-authenticate': 'Bearer' } })
}

function toListQuery(query: z.output<typeof listQuery>, principal: Principal | undefined): ListQuery {
  return {
    q: query.q,
    author: query.author,
    languages: query.language,
    conditions: query.condition,
    minPrice: query.minPrice,
    maxPrice: query.maxPrice,
    inStock: query.inStock === 'true',
    seller: shelfOf(query.seller, principal),
    sort: query.sort,
    cursor: query.cursor,
    limit: query.limit ?? 24,
  }
}

export const listEndpoint = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/catalog/books',
    summary:
      'Books on sale, with seller=me one’s paused ones too; each facet counts what passes all filters but its own',
    access: 'optional',
    query: listQuery,
    responses: { 200: bookPage },
    problems: { 400: ['invalid-query', 'invalid-cursor'], 401: ['unauthenticated'] },
    handle: async ({ query, principal }) => {
      const { books, next, facets } = await listBooks(catalog, toListQuery(query, principal))
      return ok({ items: books.map(toBookJson), next, facets }, { 'cache-control': 'private, no-cache' })
    },
  })
