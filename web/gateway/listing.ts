import { z } from 'zod'
import type { Api } from './api.ts'
import { book, page } from './schemas.ts'

const dates = { createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() }
const dated = book.extend(dates)
export type DatedBook = z.output<typeof dated>
const listed = z.object({ id: z.string(), updatedAt: dates.updatedAt })
export type Listed = z.output<typeof listed>

/** The books that came last, with the days they came. */
export async function arrivals(api: Api, limit: number): Promise<DatedBook[]> {
  const query = { sort: 'newest', limit: String(limit) }
  return (await api.ask('GET', '/catalog/books', page(dated), { query })).body.items
}

/** All books on sale, a page at a time and `most` at most. */
export async function allBooks(api: Api, most: number): Promise<Listed[]> {
  const books: Listed[] = []
  let cursor: string | null | undefined
  do {
    const query = { sort: 'newest', limit: '100', ...(cursor && { cursor }) }
    const { body } = await api.ask('GET', '/catalog/books', page(listed), { query })
    books.push(...body.items)
    cursor = body.next
  } while (cursor && books.length < most)
  return books.slice(0, most)
}
