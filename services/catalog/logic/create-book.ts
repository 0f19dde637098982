import type { Principal } from '../../kit/endpoint.ts'
import type { Catalog } from '../context.ts'
import type { Book, BookDraft } from '../entities/book.ts'
import { insertBook } from '../repositories/books.ts'

/** Puts a book on sale for its seller, under the name that they have now. */
export async function createBook({ db, metrics }: Catalog, seller: Principal, draft: BookDraft): Promise<Book> {
  const book = await insertBook(db, { ...draft, seller: { id: seller.userId, name: seller.name } })
  if (!book) throw new Error('a new id was taken')
  if (book.stock > 0) metrics.movements.inc({ reason: 'received' })
  return book
}
