import type { Queryable } from '../../kit/database.ts'
import type { Order } from '../entities/order.ts'
import type { Reservation } from '../peers/catalog.ts'
import { type Charge, outcomeOf } from '../peers/processor.ts'
import { findOrder, lockOrder, markOrder } from '../repositories/orders.ts'
import { adoptPayment, findPayment } from '../repositories/payments.ts'
import { cancelWith } from './cancelling.ts'
import { confirmSale } from './confirm.ts'
import type { Sales } from './context.ts'
import { settle } from './settle.ts'
import { send } from './topics.ts'

/** What reconciliation did for an order. */
export type Finding =
  | 'charge-adopted'
  | 'charge-missing'
  | 'payment-settled'
  | 'sale-confirmed'
  | 'books-missing'
  | 'reservation-lost'
  | 'reservation-released'
  | 'refund-sent'

/** Takes up money that the processor took for an order and that we do not know of: our database is older than theirs. */
async function adopt(sales: Sales, tx: Queryable, order: Order, charge: Charge): Promise<Finding | undefined> {
  const { key: id, amount, currency, status } = charge
  if (status !== 'succeeded') return undefined
  if (!(await adoptPayment(tx, { id, orderId: order.id, amount, currency }))) return undefined
  if (order.status === 'reserved') await markOrder(tx, order.id, 'paying')
  await settle(sales, tx, { id, orderId: order.id }, outcomeOf(charge))
  return 'charge-adopted'
}

async function compareCharge(sales: Sales, orderId: string, charge: Charge): Promise<Finding | undefined> {
  if (charge.status === 'refunded') return undefined
  return sales.db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    if (!order) return undefined
    const payment = await findPayment(tx, charge.key)
    if (!payment) return adopt(sales, tx, order, charge)
    if (payment.status === 'refunding' || payment.status === 'refunded') return sendRefund(sales, tx, orderId)
    await settle(sales, tx, payment, outcomeOf(charge))
    return payment.status === 'started' ? 'payment-settled' : undefined
  })
}

async function sendRefund(sales: Sales, tx: Queryable, orderId: string): Promise<Finding> {
  await send(sales, tx, orderId, 'refund')
  return 'refund-sent'
}

/** `order` is held: what the catalog says of its reservation is as true as what we say of the order. */
async function mendReservation(
  sales: Sales,
  tx: Queryable,
  order: Order,
  state: Reservation['state'] | undefined,
): Promise<Finding | undefined> {
  const alive = state === 'held' || state === 'kept' || state === 'sold'
  switch (order.status) {
    case 'reserved':
      if (alive) return undefined
      await cancelWith(sales, tx, order, state === 'expired' ? 'reservation-expired' : 'reservation-lost')
      return 'reservation-lost'
    case 'paid':
    case 'shipped':
    case 'delivered':
      if (state === 'sold') return undefined
      return (await confirmSale(sales, tx, order.id)) ? 'sale-confirmed' : 'books-missing'
    case 'cancelled':
    case 'refunded':
      if (!alive) return undefined
      await send(sales, tx, order.id, 'release')
      return 'reservation-released'
    default:
      // Pending and paying orders are on their way: their workers see to them.
      return undefined
  }
}

function compareReservation(sales: Sales, orderId: string): Promise<Finding | undefined> {
  return sales.db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    const reservation = await sales.catalog.reservation(orderId)
    return order && mendReservation(sales, tx, order, reservation?.state)
  })
}

/** Compares an order with the catalog's reservation and the processor's charges, and mends what differs, forward. */
export async function reconcileOrder(sales: Sales, orderId: string): Promise<Finding[]> {
  const findings: (Finding | undefined)[] = []
  let succeeded = 0
  for await (const charge of sales.processor.charges(orderId)) {
    if (charge.status === 'succeeded') succeeded++
    findings.push(await compareCharge(sales, orderId, charge))
  }
  findings.push(await compareReservation(sales, orderId))
  if (succeeded === 0 && (await isPaid(sales, orderId))) findings.push('charge-missing')
  return findings.filter((finding) => finding !== undefined)
}

async function isPaid({ db }: Sales, orderId: string): Promise<boolean> {
  const status = (await findOrder(db, orderId))?.status
  return status === 'paid' || status === 'shipped' || status === 'delivered'
}
