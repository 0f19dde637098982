import type { CartLine } from '../entities/cart.ts'
import type { Money } from '../entities/money.ts'
import type { Book } from '../peers/catalog.ts'
import { findCart, replaceCart } from '../repositories/carts.ts'
import type { CartView } from '../schemas.ts'
import type { Sales } from './context.ts'
import { mustStay } from './leaving.ts'

type LineView = CartView['lines'][number]

function stateOf({ quantity, added }: CartLine, book: Book | undefined): LineView['state'] {
  if (!book || book.stock === 0) return 'gone'
  if (book.stock < quantity) return 'short'
  const changed = added && (added.amount !== book.price.amount || added.currency !== book.price.currency)
  return changed ? 'price-changed' : 'available'
}

export function lineView(line: CartLine, book: Book | undefined): LineView {
  const { bookId, quantity, added } = line
  return {
    bookId,
    quantity,
    state: stateOf(line, book),
    available: book?.stock ?? 0,
    title: book?.title ?? null,
    author: book?.author ?? null,
    seller: book?.seller ?? null,
    cover: book?.cover ?? null,
    unitPrice: book?.price ?? null,
    priceWhenAdded: added,
    total: book ? { ...book.price, amount: book.price.amount * quantity } : null,
  }
}

/** Sums by currency of the lines that can be ordered as they stand. */
export function totalsOf(lines: readonly LineView[]): Money[] {
  const sums = new Map<string, number>()
  for (const { state, total } of lines) {
    if (!total || state === 'short' || state === 'gone') continue
    sums.set(total.currency, (sums.get(total.currency) ?? 0) + total.amount)
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}

function cartView(lines: readonly CartLine[], books: ReadonlyMap<string, Book>): CartView {
  const views = lines.map((line) => lineView(line, books.get(line.bookId)))
  return { lines: views, totals: totalsOf(views) }
}

const idsOf = (lines: readonly { bookId: string }[]) => lines.map(({ bookId }) => bookId)

/** @throws Problem 503 when the catalog does not answer. */
export async function readCart({ db, catalog }: Sales, buyerId: string): Promise<CartView> {
  const lines = await findCart(db, buyerId)
  return cartView(lines, await catalog.lookup(idsOf(lines)))
}

/**
 * Replaces the cart. A book that stays keeps the price at which it came.
 * @throws Problem 409 `account-closing`, 503 when the catalog does not answer.
 */
export async function writeCart(
  { db, catalog }: Sales,
  buyerId: string,
  wanted: readonly { bookId: string; quantity: number }[],
): Promise<CartView> {
  const books = await catalog.lookup(idsOf(wanted))
  const lines = await db.transaction(async (tx) => {
    await mustStay(tx, buyerId)
    const before = new Map((await findCart(tx, buyerId)).map((line) => [line.bookId, line.added]))
    const after = wanted.map(({ bookId, quantity }) => {
      return { bookId, quantity, added: before.get(bookId) ?? books.get(bookId)?.price ?? null }
    })
    await replaceCart(tx, buyerId, after)
    return after
  })
  return cartView(lines, books)
}
