import type { Money } from './money.ts'

export interface CartLine {
  bookId: string
  quantity: number
  /** The price when the book came into the cart; null when it was gone already. */
  added: Money | null
}
