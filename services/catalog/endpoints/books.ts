import { type Endpoint, endpoint, noContent, principalOf, type Reply } from '../../kit/endpoint.ts'
import type { Catalog } from '../context.ts'
import type { Book } from '../entities/book.ts'
import { etagOf, names } from '../entities/etag.ts'
import { changeBook, readBook, removeBook } from '../logic/change-book.ts'
import { createBook } from '../logic/create-book.ts'
import { bookDraft, bookJson, bookParams, bookPatch } from '../schemas.ts'
import { toBookJson } from './book-json.ts'

/** A copy may be kept, and must be asked about each time: the stock moves. */
const headersOf = (book: Book) => ({ etag: etagOf(book), 'cache-control': 'private, no-cache' })

export const bookReply = (book: Book, status = 200, headers: Record<string, string> = {}): Reply => ({
  status,
  body: toBookJson(book),
  headers: { ...headersOf(book), ...headers },
})

const read = (catalog: Catalog) =>
  endpoint({
    method: 'get',
    path: '/catalog/books/:id',
    summary: 'A book on sale, or a paused one of one’s own',
    access: 'optional',
    params: bookParams,
    requestHeaders: ['If-None-Match'],
    responses: { 200: bookJson, 304: null },
    problems: { 404: ['not-found'] },
    handle: async ({ params, headers, principal }) => {
      const book = await readBook(catalog, params.id, principal?.userId)
      const known = headers['if-none-match']
      if (known !== undefined && names(known, etagOf(book))) return { status: 304, headers: headersOf(book) }
      return bookReply(book)
    },
  })

const create = (catalog: Catalog) =>
  endpoint({
    method: 'post',
    path: '/catalog/books',
    summary: 'Puts a book on sale',
    access: 'bearer',
    body: bookDraft(catalog.currency),
    responses: { 201: bookJson },
    problems: { 401: ['unauthenticated'], 422: ['invalid-body'] },
    handle: async (request) => {
      const book = await createBook(catalog, principalOf(request), request.body)
      return bookReply(book, 201, { location: `/api/catalog/books/${book.id}` })
    },
  })

const change = (catalog: Catalog) =>
  endpoint({
    method: 'patch',
    path: '/catalog/books/:id',
    summary: 'Changes a book of one’s own, or pauses it (onSale); a change of the stock needs If-Match',
    access: 'bearer',
    params: bookParams,
    body: bookPatch(catalog.currency),
    requestHeaders: ['If-Match'],
    responses: { 200: bookJson },
    problems: {
      401: ['unauthenticated'],
      403: ['not-yours'],
      404: ['not-found'],
      412: ['stale'],
      422: ['invalid-body'],
      428: ['if-match-missing'],
    },
    handle: async (request) => {
      const whose = {
        id: request.params.id,
        sellerId: principalOf(request).userId,
        ifMatch: request.headers['if-match'],
      }
      return bookReply(await changeBook(catalog, whose, request.body))
    },
  })

const remove = (catalog: Catalog) =>
  endpoint({
    method: 'delete',
    path: '/catalog/books/:id',
    summary: 'Takes a book of one’s own off the shelves',
    access: 'bearer',
    params: bookParams,
    responses: { 204: null },
    problems: { 401: ['unauthenticated'], 403: ['not-yours'], 404: ['not-found'] },
    handle: async (request) => {
      await removeBook(catalog, request.params.id, principalOf(request).userId)
      return noContent()
    },
  })

export const bookEndpoints = (catalog: Catalog): Endpoint[] => [
  read(catalog),
  create(catalog),
  change(catalog),
  remove(catalog),
]
