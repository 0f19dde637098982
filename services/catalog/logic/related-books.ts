import type { Catalog } from '../context.ts'
import type { Book } from '../entities/book.ts'
import { findRelated } from '../repositories/related.ts'
import { readBook } from './change-book.ts'

const mostRelated = 12

/** What to show beside a book on sale: at most 12. The same for everybody. @throws Problem 404 */
export async function relatedBooks(catalog: Catalog, id: string): Promise<Book[]> {
  return findRelated(catalog.db, await readBook(catalog, id, undefined), mostRelated)
}
