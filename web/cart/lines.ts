import type { Line } from '../gateway/sales.ts'
import { isId, maxLines, maxQuantity } from './guest-cart.ts'

const clamp = (quantity: number) => Math.min(maxQuantity, Math.max(0, Math.trunc(quantity)))

/** One line a book; quantities of the same book are added. Lines of nothing vanish; what does not fit is left out. */
export function merged(...carts: readonly (readonly Line[])[]): Line[] {
  const quantities = new Map<string, number>()
  for (const { bookId, quantity } of carts.flat()) quantities.set(bookId, (quantities.get(bookId) ?? 0) + quantity)
  const lines = [...quantities].map(([bookId, quantity]) => ({ bookId, quantity: clamp(quantity) }))
  return lines.filter(({ quantity }) => quantity > 0).slice(0, maxLines)
}

/** `lines` with the given quantities in place of theirs; zero removes a line. */
export function withQuantities(lines: readonly Line[], quantities: ReadonlyMap<string, number>): Line[] {
  return merged(lines.map((line) => ({ ...line, quantity: quantities.get(line.bookId) ?? line.quantity })))
}

export const countOf = (lines: readonly Line[]): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Lines as a hidden field carries them; the same lines in any order give the same text. */
export const writeLines = (lines: readonly Line[]): string =>
  lines
    .map(({ bookId, quantity }) => `${bookId}:${quantity}`)
    .sort()
    .join(',')

/** What `writeLines` wrote; anything else is no line. */
export function readLines(text: string): Line[] {
  const lines = text.split(',').map((part) => {
    const [bookId = '', quantity = ''] = part.split(':')
    return { bookId, quantity: /^\d{1,2}$/.test(quantity) ? Number(quantity) : 0 }
  })
  return merged(lines.filter(({ bookId }) => isId(bookId)))
}
