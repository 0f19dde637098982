export type PaymentStatus = 'started' | 'succeeded' | 'declined' | 'refunding' | 'refunded'

export interface Payment {
  /** Also the Idempotency-Key of its charge. */
  id: string
  orderId: string
  method: 'card'
  /** Null once the outcome is known. */
  token: string | null
  amount: number
  currency: string
  status: PaymentStatus
  /** Why it was declined. */
  reason: string | null
}

/** What became of a charge. */
export type Outcome = { status: 'succeeded' } | { status: 'declined'; reason: string }
