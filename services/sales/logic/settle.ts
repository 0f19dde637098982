import type { Queryable } from '../../kit/database.ts'
import type { Order } from '../entities/order.ts'
import type { Outcome, Payment } from '../entities/payment.ts'
import { lockOrder, markOrder, markReservedAgain } from '../repositories/orders.ts'
import { lockPayment, markPayment } from '../repositories/payments.ts'
import { insertShipments } from '../repositories/shipments.ts'
import { record } from '../repositories/timeline.ts'
import { cancelWith } from './cancelling.ts'
import type { Sales } from './context.ts'
import { send } from './topics.ts'

type Writer = Pick<Sales, 'outbox'>
export type Settled = Pick<Payment, 'id' | 'orderId'>

/** Locks order, then payment: the one sequence in which they are locked. */
async function lockBoth(tx: Queryable, { id, orderId }: Settled): Promise<{ order: Order; payment: Payment }> {
  const order = await lockOrder(tx, orderId)
  const payment = await lockPayment(tx, id)
  if (!order || !payment) throw new Error(`payment ${id} or its order vanished`)
  return { order, payment }
}

async function succeed(sales: Writer, tx: Queryable, order: Order, payment: Payment): Promise<void> {
  await markPayment(tx, payment.id, 'succeeded')
  await markOrder(tx, order.id, 'paid')
  await record(tx, order.id, 'paid')
  await insertShipments(tx, order.id)
  await send(sales, tx, order.id, 'confirm', 'deliver')
}

/** Money moved for an order that cannot have it any more: it goes back by itself. */
async function giveBack(sales: Writer, tx: Queryable, order: Order, payment: Payment): Promise<void> {
  await markPayment(tx, payment.id, 'refunding')
  await record(tx, order.id, 'refund-started')
  await send(sales, tx, order.id, 'refund')
}

async function decline(sales: Writer, tx: Queryable, order: Order, payment: Payment, reason: string): Promise<void> {
  await markPayment(tx, payment.id, 'declined', reason)
  await record(tx, order.id, 'payment-declined', reason)
  if (order.status !== 'paying') return
  await markReservedAgain(tx, order.id)
  await send(sales, tx, order.id, 'expire-again')
}

/**
 * Applies what became of a charge, in one transaction: order, payment and what follows. Request, worker and webhook all
 * come here, in any order and any number; only the first changes anything.
 */
export async function settle(sales: Writer, tx: Queryable, settled: Settled, outcome: Outcome): Promise<void> {
  const { order, payment } = await lockBoth(tx, settled)
  if (outcome.status === 'declined') {
    if (payment.status === 'started') await decline(sales, tx, order, payment, outcome.reason)
    return
  }
  if (payment.status === 'started' && order.status === 'paying') return succeed(sales, tx, order, payment)
  if (payment.status === 'started' || payment.status === 'declined') await giveBack(sales, tx, order, payment)
}

/** The reservation was gone before the card was charged: the order ends here. */
export async function settleExpired(sales: Writer, tx: Queryable, settled: Settled): Promise<void> {
  const { order, payment } = await lockBoth(tx, settled)
  if (payment.status !== 'started') return
  await markPayment(tx, payment.id, 'declined', 'reservation-expired')
  if (order.status === 'paying') await cancelWith(sales, tx, order, 'reservation-expired')
}

/** The processor says that the money is back. */
export async function settleRefunded(tx: Queryable, settled: Settled): Promise<void> {
  const { order, payment } = await lockBoth(tx, settled)
  if (payment.status !== 'refunding') return
  await markPayment(tx, payment.id, 'refunded')
  if (order.status === 'cancelled') await markOrder(tx, order.id, 'refunded')
  await record(tx, order.id, 'refunded')
}
