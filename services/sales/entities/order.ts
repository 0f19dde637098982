import { randomInt } from 'node:crypto'
import type { Address } from './address.ts'
import type { Money } from './money.ts'

export type OrderStatus =
  | 'pending'
  | 'reserved'
  | 'paying'
  | 'paid'
  | 'shipped'
  | 'delivered'
  | 'cancelled'
  | 'refunded'

/** Why an order was cancelled. Stable codes: the storefront puts them into words. */
export type CancelReason =
  | 'by-buyer'
  | 'out-of-stock'
  | 'not-found'
  | 'own-book'
  | 'mixed-currencies'
  | 'not-completed'
  | 'reservation-expired'
  | 'reservation-lost'
  | 'refused'

export interface OrderLine {
  bookId: string
  quantity: number
  /** What follows is the catalog's word when it reserved; null until then. */
  title: string | null
  author: string | null
  seller: { id: string; name: string } | null
  unitAmount: number | null
  /** When its seller handed it to the courier; null until then. */
  shippedAt: Date | null
}

export interface Order {
  id: string
  number: string
  buyerId: string
  status: OrderStatus
  currency: string
  /** Null until it is reserved. */
  itemsAmount: number | null
  deliveryAmount: number
  provider: { id: string; name: string }
  address: Address
  expiresAt: Date | null
  reason: CancelReason | null
  createdAt: Date
}

/** What the buyer pays. @throws Error before the order was reserved. */
export function totalOf(order: Order): Money {
  if (order.itemsAmount === null) throw new Error(`order ${order.id} has no total yet`)
  return { amount: order.itemsAmount + order.deliveryAmount, currency: order.currency }
}

/** Crockford's base 32: no letter that reads like a digit, and no U. https://www.crockford.com/base32.html */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A random reference for people: 'K7Q2-9XWM'. */
export function orderNumber(): string {
  const code = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  return `${code.slice(0, 4)}-${code.slice(4)}`
}
