import { addCookies, type Visit } from '../app/visit.ts'
import { ApiProblem } from '../gateway/api.ts'
import { type Line, readCart, writeCart } from '../gateway/sales.ts'
import { clearCookie } from '../session/cookies.ts'
import { guestCartCookie } from './guest-cart.ts'
import { countOf, merged } from './lines.ts'

/**
 * The visitor's cart. A guest's that is still in the cookie after log-in (sales did not answer then) is merged now.
 */
export async function readVisitorCart(visit: Visit): Promise<Line[]> {
  if (!visit.session) return [...visit.guestCart]
  const kept = await readCart(visit.api)
  if (visit.guestCart.length === 0) return kept
  const lines = merged(kept, visit.guestCart)
  await writeCart(visit.api, lines)
  addCookies(visit.context, [clearCookie('cart')])
  return lines
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

/** What the header shall say, where a handler knows it already. */
export function noteCartCount(visit: Visit, lines: readonly Line[]): void {
  visit.context.state.cartCount = countOf(lines)
}
