import type { Queryable } from '../../kit/database.ts'
import { Problem } from '../../kit/problem.ts'
import type { Order } from '../entities/order.ts'
import type { OrderView } from '../schemas.ts'
import { cancelPaid, cancelWith, isUnderWay } from './cancelling.ts'
import type { Sales } from './context.ts'
import { lockOwnOrder, ownOrder } from './own-order.ts'
import { refundOrder } from './refund.ts'
import { viewOrder } from './view.ts'

const tooLate = () => new Problem(409, 'too-late', 'This order is on its way already')

/** @throws Problem 409 `payment-in-progress` or `too-late`. */
async function cancelLocked(sales: Sales, tx: Queryable, order: Order): Promise<void> {
  switch (order.status) {
    case 'pending':
    case 'reserved':
      return cancelWith(sales, tx, order, 'by-buyer')
    case 'paid':
      if (await isUnderWay(tx, order)) throw tooLate()
      return cancelPaid(sales, tx, order, 'by-buyer')
    case 'cancelled':
    case 'refunded':
      return
    case 'paying':
      throw new Problem(409, 'payment-in-progress', 'This order is being paid', {
        detail: 'Cancel it once the outcome is known.',
      })
    case 'shipped':
    case 'delivered':
      throw tooLate()
  }
}

/**
 * Cancels an order of which nothing was shipped; cancelled already, it stays as it is. The money of a paid one is given back
 * before the reply if the card processor answers, and soon after if it does not.
 * @throws Problem 404, 409 `payment-in-progress` or `too-late`.
 */
export async function cancelOrder(sales: Sales, id: string, buyerId: string): Promise<OrderView> {
  const { db, hooks, outbox, log } = sales
  await hooks.checkpoint('cancel:begun')
  await db.transaction(async (tx) => {
    await cancelLocked(sales, tx, await lockOwnOrder(tx, id, buyerId))
    await hooks.checkpoint('cancel:before-commit')
  })
  await hooks.checkpoint('cancel:committed')
  await refundOrder(sales, db, id).catch((error: unknown) => {
    log.warn({ err: error, orderId: id }, 'a refund was left to the outbox')
  })
  outbox.wake()
  return viewOrder(db, await ownOrder(db, id, buyerId))
}
