import type { Queryable } from '../../kit/database.ts'
import type { Sales } from './context.ts'

/** What the outbox carries. The subject of each message is its order, so that an order's messages keep their turn. */
export type Topic = 'release' | 'confirm' | 'expire-again' | 'deliver' | 'refund'

/** Writes messages about an order that the transaction holds. */
export async function send(
  { outbox }: Pick<Sales, 'outbox'>,
  tx: Queryable,
  orderId: string,
  ...topics: readonly Topic[]
): Promise<void> {
  for (const topic of topics) await outbox.add(tx, { topic, subject: orderId, payload: {} })
}
