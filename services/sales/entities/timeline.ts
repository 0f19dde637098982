/** What happens to an order. Stable codes; `detail` is a code or a reference as well, never a sentence. */
export type TimelineEvent =
  | 'placed'
  | 'reserved'
  | 'payment-started'
  /** The processor has not said yet what became of it. */
  | 'payment-unknown'
  /** Detail: why. */
  | 'payment-declined'
  | 'paid'
  /** Detail: the tracking code. */
  | 'delivery-scheduled'
  | 'shipped'
  | 'delivered'
  /** Detail: why (CancelReason). */
  | 'cancelled'
  | 'refund-started'
  | 'refunded'

export interface TimelineEntry {
  at: Date
  event: TimelineEvent
  detail: string | null
}
