import type { Queryable } from '../../kit/database.ts'
import type { CancelReason, Order } from '../entities/order.ts'
import { markDelivery } from '../repositories/deliveries.ts'
import { markCancelled } from '../repositories/orders.ts'
import { markPayment, paymentsOf } from '../repositories/payments.ts'
import { deleteShipments, progressOf } from '../repositories/shipments.ts'
import { record } from '../repositories/timeline.ts'
import type { Sales } from './context.ts'
import { send } from './topics.ts'

/** Whether any seller has handed over their part of a paid order that the transaction holds: then it cannot be cancelled. */
export async function isUnderWay(tx: Queryable, { id }: Order): Promise<boolean> {
  return (await progressOf(tx, id)).shipped > 0
}

/** Cancels an order that the transaction holds and for which the catalog holds nothing. */
export async function cancelBare(tx: Queryable, { id }: Order, reason: CancelReason): Promise<void> {
  await markCancelled(tx, id, reason)
  await record(tx, id, 'cancelled', reason)
}

/** Cancels an order that the transaction holds and for which no money moved; its books go back. */
export async function cancelWith(
  sales: Pick<Sales, 'outbox'>,
  tx: Queryable,
  order: Order,
  reason: CancelReason,
): Promise<void> {
  await cancelBare(tx, order, reason)
  await send(sales, tx, order.id, 'release')
}

/**
 * Cancels an order that is paid, of which no part was handed over, and that the transaction holds: no delivery, the books
 * and the money go back.
 */
export async function cancelPaid(
  sales: Pick<Sales, 'outbox'>,
  tx: Queryable,
  order: Order,
  reason: CancelReason,
): Promise<void> {
  await cancelWith(sales, tx, order, reason)
  await markDelivery(tx, order.id, 'stopped')
  await deleteShipments(tx, order.id)
  for (const payment of await paymentsOf(tx, order.id)) {
    if (payment.status !== 'succeeded') continue
    await markPayment(tx, payment.id, 'refunding')
    await record(tx, order.id, 'refund-started')
  }
  await send(sales, tx, order.id, 'refund')
}
