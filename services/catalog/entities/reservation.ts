import type { Money } from './book.ts'

/**
 * held: until `expiresAt`; kept: for as long as the order is being paid; sold; released: given back, or never taken
 * (a tombstone); expired: given back by the clock. The last three are final, but for a sale, which can be released.
 */
export type ReservationState = 'held' | 'kept' | 'sold' | 'released' | 'expired'

export interface ReservedLine {
  bookId: string
  title: string
  author: string
  seller: { id: string; name: string }
  quantity: number
  unitPrice: Money
}

export interface Reservation {
  orderId: string
  state: ReservationState
  expiresAt: Date | null
  lines: ReservedLine[]
}

export interface WantedLine {
  bookId: string
  quantity: number
}
