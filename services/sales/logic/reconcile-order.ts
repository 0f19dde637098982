import type { Queryable } from '../../kit/database.ts'
import type { Order } from '../entities/order.ts'
import type { Reservation } from '../peers/catalog.ts'
import { type Charge, outcomeOf } from '../peers/processor.ts'
import { lockOrder, markOrder } from '../repositories/orders.ts'
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

/** Takes up a charge that the processor has for an order and we do not: our database is older than theirs. */
async function adopt(sales: Sales, tx: Queryable, order: Order, charge: Charge): Promise<boolean> {
  const { key: id, amount, currency } = charge
  if (!(await adoptPayment(tx, { id, orderId: order.id, amount, currency }))) return false
  if (order.status === 'reserved') await markOrder(tx, order.id, 'paying')
  await settle(sales, tx, { id, orderId: order.id }, outcomeOf(charge))
  return true
}

async function compareCharge(sales: Sales, orderId: string, charge: Charge): Promise<Finding | undefined> {
  if (charge.status === 'refunded') return undefined
  return sales.db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    const payment = await findPayment(tx, charge.key)
    if (!order) return undefined
    if (!payment) return (await adopt(sales, tx, order, charge)) ? 'charge-adopted' : undefined
    if (payment.status === 'refunding' || payment.status === 'refunded') return sendRefund(sales, tx, orderId)
    const before = payment.status
    await settle(sales, tx, payment, outcomeOf(charge))
    return before === 'started' ? 'payment-settled' : undefined
  })
}

async function sendRefund(sales: Sales, tx: Queryable, orderId: string): Promise<Finding> {
  await send(sales, tx, orderId, 'refund')
  return 'refund-sent'
}

async function compareReservation(
  sales: Sales,
  orderId: string,
  reservation: Reservation | undefined,
): Promise<Finding | undefined> {
  const state = reservation?.state
  const alive = state === 'held' || state === 'kept' || state === 'sold'
  return sales.db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    switch (order?.status) {
      case 'reserved':
        if (alive) return undefined
        await cancelWith(sales, tx, order, 'reservation-lost')
        return 'reservation-lost'
      case 'paid':
      case 'shipped':
      case 'delivered':
        if (state === 'sold') return undefined
        return (await confirmSale(sales, tx, orderId)) ? 'sale-confirmed' : 'books-missing'
      case 'cancelled':
      case 'refunded':
        if (!alive) return undefined
        await send(sales, tx, orderId, 'release')
        return 'reservation-released'
      default:
        // Pending and paying orders are on their way: their workers see to them.
        return undefined
    }
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
  findings.push(await compareReservation(sales, orderId, await sales.catalog.reservation(orderId)))
  if (succeeded === 0 && (await isPaid(sales, orderId))) findings.push('charge-missing')
  return findings.filter((finding) => finding !== undefined)
}

async function isPaid({ db }: Sales, orderId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const status = (await lockOrder(tx, orderId))?.status
    return status === 'paid' || status === 'shipped' || status === 'delivered'
  })
}
