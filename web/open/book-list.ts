import { randomUUID } from 'node:crypto'
import type { Site } from '../app/site.ts'
import { Api } from '../gateway/api.ts'
import { allBooks, type Listed } from '../gateway/listing.ts'

/** Of a larger shop the books that came last are told; the others are found by their links. */
const mostBooks = 50_000
const freshMs = 10 * 60_000
const patienceMs = 60_000

/** All books for search engines. Walking the catalogue costs something: one walk at a time, and its end is kept a while. */
export class BookList {
  readonly #site: Site
  #kept: { books: readonly Listed[]; until: number } | undefined
  #walk: Promise<readonly Listed[]> | undefined

  constructor(site: Site) {
    this.#site = site
  }

  /** The books as they were a while ago at most; older ones only while they are being read anew. */
  async read(): Promise<readonly Listed[]> {
    const kept = this.#kept
    if (kept && kept.until > Date.now()) return kept.books
    const walk = this.#begin()
    return kept ? kept.books : walk
  }

  #begin(): Promise<readonly Listed[]> {
    if (this.#walk) return this.#walk
    const walk = this.#read()
    this.#walk = walk
    // Those who were given the older list await nothing: they hear of a failure the next time.
    walk.catch((error) => this.#site.log.warn({ err: error }, 'the books cannot be listed'))
    return walk
  }

  async #read(): Promise<readonly Listed[]> {
    try {
      const signal = AbortSignal.timeout(patienceMs)
      const api = new Api(this.#site.gateway, { requestId: randomUUID(), address: '', accessToken: undefined, signal })
      const books = await allBooks(api, mostBooks)
      this.#kept = { books, until: Date.now() + freshMs }
      return books
    } finally {
      this.#walk = undefined
    }
  }
}
