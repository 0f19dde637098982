import { addCookies, type Visit } from '../app/visit.ts'
import { ApiProblem } from '../gateway/api.ts'
import { findBook } from '../gateway/catalog.ts'
import { type CartLine, type Line, readCart, writeCart } from '../gateway/sales.ts'
import { clearCookie } from '../session/cookies.ts'
import { guestCartCookie } from './guest-cart.ts'
import { countOf, merged } from './lines.ts'

/** A guest's line with what the catalogue says of its book now, in the words that sales uses for an account's. */
async function guestLine({ open }: Visit, { bookId, quantity }: Line): Promise<CartLine> {
  try {
    const { book } = await findBook(open, bookId)
    const state = book.stock === 0 ? 'gone' : book.stock < quantity ? 'short' : 'available'
    const { title, author, cover, price, stock } = book
    return { bookId, quantity, state, available: stock, title, author, cover, unitPrice: price }
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 404)) throw error
    return { bookId, quantity, state: 'gone', available: 0, title: null, author: null, cover: null, unitPrice: null }
  }
}

/** The account's cart. A guest's that is still in the cookie after log-in (sales did not answer then) is merged now. */
async function accountCart(visit: Visit): Promise<CartLine[]> {
  const kept = await readCart(visit.api)
  if (visit.guestCart.length === 0) return kept
  const lines = await writeCart(visit.api, merged(kept, visit.guestCart))
  addCookies(visit.context, [clearCookie('cart')])
  return lines
}

/** The visitor's cart, with the prices and the stock of now. */
export async function readVisitorCart(visit: Visit): Promise<CartLine[]> {
  const lines = visit.session
    ? await accountCart(visit)
    : await Promise.all(visit.guestCart.map((line) => guestLine(visit, line)))
  noteCartCount(visit, lines)
  return lines
}

/** What is in the cart, without looking at the books of a guest. */
export async function bareCart(visit: Visit): Promise<readonly Line[]> {
  return visit.session ? accountCart(visit) : visit.guestCart
}

export async function saveVisitorCart(visit: Visit, lines: readonly Line[]): Promise<void> {
  if (visit.session) await writeCart(visit.api, lines)
  else addCookies(visit.context, [guestCartCookie(lines, visit.site.cartSigner)])
}

/** For the header. A cart that cannot be read just now must not take the page with it. */
export async function cartCount(visit: Visit): Promise<number> {
  const known = (visit.context.state as { cartCount?: number }).cartCount
  if (known !== undefined) return known
  if (!visit.session) return countOf(visit.guestCart)
  try {
    return countOf(await readCart(visit.api))
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) throw error
    visit.log.warn({ err: error }, 'the cart cannot be counted')
    return 0
  }
}

function noteCartCount(visit: Visit, lines: readonly Line[]): void {
  visit.context.state.cartCount = countOf(lines)
}
