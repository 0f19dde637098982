import type { Queryable } from '../../kit/database.ts'
import type { Order } from '../entities/order.ts'
import { linesOf } from '../repositories/lines.ts'
import { findOrder, lockOrder } from '../repositories/orders.ts'
import { cancelPaid, isUnderWay } from './cancelling.ts'
import type { Sales } from './context.ts'

/** The reservation of a paid order is gone (a restore, an outage of days). Perhaps the books are still there. */
async function regain({ catalog }: Sales, db: Queryable, order: Order): Promise<boolean> {
  const lines = (await linesOf(db, [order.id])).get(order.id) ?? []
  const reserved = await catalog.reserve(order.id, order.buyerId, lines)
  return reserved.held && (await catalog.confirm(order.id))
}

const isPaid = ({ status }: Order) => status === 'paid' || status === 'shipped' || status === 'delivered'

/**
 * Tells the catalog that a paid order's books are sold. Books that cannot be had any more are not delivered: the buyer
 * gets the money back. False when the order is on its way and the catalog has no books for it: a person must look.
 */
export async function confirmSale(sales: Sales, tx: Queryable, orderId: string): Promise<boolean> {
  const { catalog, hooks } = sales
  const order = await findOrder(tx, orderId)
  if (!order || !isPaid(order)) return true
  await hooks.checkpoint('confirm:before-call')
  const sold = (await catalog.confirm(orderId)) || (await regain(sales, tx, order))
  await hooks.checkpoint('confirm:after-call')
  if (sold) return true
  const now = await lockOrder(tx, orderId)
  if (now?.status !== 'paid') return now?.status === 'cancelled'
  if (await isUnderWay(tx, now)) return false
  await cancelPaid(sales, tx, now, 'reservation-lost')
  return true
}
