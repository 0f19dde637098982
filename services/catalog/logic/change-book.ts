import type { Queryable } from '../../kit/database.ts'
import { notFound, Problem } from '../../kit/problem.ts'
import type { Catalog } from '../context.ts'
import type { Book, BookState, Cover } from '../entities/book.ts'
import { etagOf, names } from '../entities/etag.ts'
import { findBook, lockBook, setBookCover, updateBook, withdrawBook } from '../repositories/books.ts'

const gone = () => notFound('No such book on sale')

/** A paused book is there for its seller alone. @throws Problem 404 */
function mustSee(book: Book | undefined, userId: string | undefined): Book {
  if (!book || !(book.onSale || book.seller.id === userId)) throw gone()
  return book
}

/** @throws Problem 403 not-yours, 404 */
function mustOwn(found: Book | undefined, sellerId: string): Book {
  const book = mustSee(found, sellerId)
  if (book.seller.id !== sellerId) throw new Problem(403, 'not-yours', 'This book is sold by somebody else')
  return book
}

const lockOwn = async (tx: Queryable, id: string, sellerId: string) => mustOwn(await lockBook(tx, id), sellerId)

/** @throws Problem 428 without a condition on a change of stock, 412 when the book is not what the seller saw. */
function checkMatch(book: Book, changesStock: boolean, ifMatch: string | undefined): void {
  if (ifMatch === undefined) {
    if (!changesStock) return
    throw new Problem(428, 'if-match-missing', 'A change of the stock needs If-Match', {
      detail: 'Send the ETag of the book as you saw it: somebody may have bought one since.',
    })
  }
  if (!names(ifMatch, etagOf(book)))
    throw new Problem(412, 'stale', 'The book has changed since you saw it', { headers: { etag: etagOf(book) } })
}

/** As `userId` may see it; undefined for somebody unknown. @throws Problem 404 */
export async function readBook({ db }: Catalog, id: string, userId: string | undefined): Promise<Book> {
  return mustSee(await findBook(db, id), userId)
}

/** What is to change; at least one field. */
export type BookPatch = { [Field in keyof BookState]?: BookState[Field] | undefined }

const given = (patch: BookPatch) =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<BookState>

/** @throws Problem 403, 404, 412, 428 */
export async function changeBook(
  { db, metrics }: Catalog,
  { id, sellerId, ifMatch }: { id: string; sellerId: string; ifMatch: string | undefined },
  patch: BookPatch,
): Promise<Book> {
  const { changed, delta } = await db.transaction(async (tx) => {
    const book = await lockOwn(tx, id, sellerId)
    checkMatch(book, patch.stock !== undefined, ifMatch)
    const state = { ...book, ...given(patch) }
    const stockDelta = state.stock - book.stock
    return { changed: await updateBook(tx, id, state, stockDelta), delta: stockDelta }
  })
  if (!changed) throw new Error('a locked book went away')
  if (delta !== 0) metrics.movements.inc({ reason: 'corrected' })
  return changed
}

/** Takes the book off the shelves; orders that hold it keep it. @throws Problem 403, 404 */
export async function removeBook({ db }: Catalog, id: string, sellerId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await lockOwn(tx, id, sellerId)
    await withdrawBook(tx, id)
  })
}

/** @throws Problem 403, 404: before anybody works on an image. */
export async function mustBeOwn({ db }: Catalog, id: string, sellerId: string): Promise<void> {
  mustOwn(await findBook(db, id), sellerId)
}

/** @throws Problem 403, 404 */
export async function giveCover(tx: Queryable, id: string, sellerId: string, cover: Cover): Promise<Book> {
  await lockOwn(tx, id, sellerId)
  const book = await setBookCover(tx, id, cover)
  if (!book) throw gone()
  return book
}
