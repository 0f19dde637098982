import { createHash } from 'node:crypto'
import type { Queryable } from '../../kit/database.ts'
import type { Condition } from '../entities/book.ts'
import { insertBook } from '../repositories/books.ts'
import { beginSeed } from '../repositories/seeds.ts'

/** One of seed/*.json; `price` in minor units. */
export interface SeedBook {
  title: string
  author: string
  language: string
  year: number
  description: Readonly<Record<string, string>>
  price: number
  stock: number
  condition: Condition
}

/** The shop sells its first books itself. */
export const houseId = '00000000-0000-4000-8000-000000000001'

/** An id that depends on nothing but the name: RFC 9562, version 8, as it is no version 5 (SHA-256). */
function idOf({ title, author }: SeedBook): string {
  const hex = createHash('sha256').update(`bookstore seed\0${title}\0${author}`).digest('hex')
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export interface SeedOptions {
  name: string
  books: readonly SeedBook[]
  shopName: string
  /** Of the descriptions; the first that a book has. */
  languages: readonly string[]
  currency: string
  now: Date
}

/** So far apart were the books put on the shelves: a stable order of 'newest'. */
const apartMs = 60_000

/** In the order of their ids, which is none that a reader would notice: the file has them by language and age. */
const shuffled = (books: readonly SeedBook[]) =>
  books.map((book) => ({ ...book, id: idOf(book) })).sort((a, b) => (a.id < b.id ? -1 : 1))

function describe({ description }: SeedBook, languages: readonly string[]): string {
  const language = languages.find((candidate) => description[candidate] !== undefined)
  return language === undefined ? '' : (description[language] ?? '')
}

/** Fills the shelves once, whole or not at all. How many books came; 0 when it had been done before. */
export async function seed(tx: Queryable, options: SeedOptions): Promise<number> {
  if (!(await beginSeed(tx, options.name))) return 0
  let count = 0
  for (const [index, book] of shuffled(options.books).entries()) {
    const inserted = await insertBook(tx, {
      ...book,
      seller: { id: houseId, name: options.shopName },
      description: describe(book, options.languages),
      keywords: Object.values(book.description).join(' '),
      price: { amount: book.price, currency: options.currency },
      createdAt: new Date(options.now.getTime() - (index + 1) * apartMs),
    })
    if (inserted) count++
  }
  return count
}
