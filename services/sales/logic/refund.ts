import type { Connection } from '../../kit/database.ts'
import { paymentsOf } from '../repositories/payments.ts'
import type { Sales } from './context.ts'
import { settleRefunded } from './settle.ts'

/** Gives back what is to be given back for an order. May be repeated, also at the same time. @throws Problem 503. */
export async function refundOrder({ processor, hooks }: Sales, db: Connection, orderId: string): Promise<void> {
  for (const payment of await paymentsOf(db, orderId)) {
    if (payment.status !== 'refunding') continue
    await hooks.checkpoint('refund:before-call')
    await processor.refund(payment.id)
    await hooks.checkpoint('refund:after-call')
    await db.transaction(async (tx) => {
      await settleRefunded(tx, payment)
      await hooks.checkpoint('refund:before-commit')
    })
    await hooks.checkpoint('refund:committed')
  }
}
