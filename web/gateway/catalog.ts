import { z } from 'zod'
import type { Api } from './api.ts'
import { type Book, type BookPage, book, bookPage, type Condition } from './schemas.ts'

export type BookQuery = Readonly<
  Partial<
    Record<
      | 'q'
      | 'author'
      | 'language'
      | 'condition'
      | 'minPrice'
      | 'maxPrice'
      | 'inStock'
      | 'seller'
      | 'sort'
      | 'cursor'
      | 'limit',
      string
    >
  >
>

export interface BookDraft {
  title: string
  author: string
  description: string
  language: string
  year: number
  price: { amount: number; currency: string }
  stock: number
  condition: Condition
}

/** `onSale: false` pauses a book: it is shown to its seller alone. */
export type BookChange = Partial<BookDraft & { onSale: boolean }>

export async function browse(api: Api, query: BookQuery): Promise<BookPage> {
  return (await api.ask('GET', '/catalog/books', bookPage, { query })).body
}

export interface VersionedBook {
  book: Book
  /** Guards a change of `stock`. */
  etag: string | undefined
}

/** @throws ApiProblem 404 */
export async function findBook(api: Api, id: string): Promise<VersionedBook> {
  const { body, etag } = await api.ask('GET', `/catalog/books/${encodeURIComponent(id)}`, book)
  return { book: body, etag }
}

export async function publish(api: Api, draft: BookDraft): Promise<Book> {
  return (await api.ask('POST', '/catalog/books', book, { body: draft })).body
}

/** A change of the stock needs `etag`. @throws ApiProblem 403 for another seller's, 412 when the stock changed since `etag`. */
export async function revise(api: Api, id: string, change: BookChange, etag?: string): Promise<Book> {
  const path = `/catalog/books/${encodeURIComponent(id)}`
  return (await api.ask('PATCH', path, book, { body: change, headers: etag === undefined ? {} : { 'if-match': etag } }))
    .body
}

export async function withdraw(api: Api, id: string): Promise<void> {
  await api.ask('DELETE', `/catalog/books/${encodeURIComponent(id)}`, z.unknown())
}

/** The catalogue decodes and re-encodes the image. @throws ApiProblem when it is none. */
export async function putCover(api: Api, id: string, image: Buffer, type: string): Promise<void> {
  const path = `/catalog/books/${encodeURIComponent(id)}/cover`
  await api.ask('PUT', path, z.unknown(), { body: image, headers: { 'content-type': type }, timeoutMs: 20_000 })
}
