import type { Queryable } from '../../kit/database.ts'
import { notFound, Problem } from '../../kit/problem.ts'
import type { Order } from '../entities/order.ts'
import { lockOrder } from '../repositories/orders.ts'
import { findShipment, insertShipments, markHandedOver, progressOf, sellsIn } from '../repositories/shipments.ts'
import type { ShipmentView } from '../schemas.ts'
import type { Sales } from './context.ts'
import { depart } from './deliver.ts'
import { viewShipments } from './shipment-view.ts'

/** @throws Problem 409 `not-paid` or `cancelled`. */
function mustBePaid({ status }: Order): void {
  switch (status) {
    case 'paid':
    case 'shipped':
    case 'delivered':
      return
    case 'cancelled':
    case 'refunded':
      throw new Problem(409, 'cancelled', 'This order was cancelled', { detail: 'Keep the books: they are yours.' })
    case 'pending':
    case 'reserved':
    case 'paying':
      throw new Problem(409, 'not-paid', 'This order is not paid yet')
  }
}

/** The order, held. @throws Problem 404 when there is none, or none in which this seller has a part. */
async function lockSoldOrder(tx: Queryable, orderId: string, sellerId: string): Promise<Order> {
  const order = await lockOrder(tx, orderId)
  if (order && (await sellsIn(tx, orderId, sellerId))) return order
  throw notFound('No such shipment')
}

/**
 * A seller's part of an order is with the courier; said again, nothing changes. With the last part the order is on its way.
 * @throws Problem 404, 409 `not-paid` or `cancelled`.
 */
export async function handOver(sales: Sales, orderId: string, sellerId: string): Promise<ShipmentView> {
  const { db, hooks } = sales
  await db.transaction(async (tx) => {
    const order = await lockSoldOrder(tx, orderId, sellerId)
    mustBePaid(order)
    await insertShipments(tx, orderId)
    await markHandedOver(tx, orderId, sellerId)
    const { parts, shipped } = await progressOf(tx, orderId)
    if (order.status === 'paid' && shipped === parts) await depart(sales, tx, order)
    await hooks.checkpoint('ship:before-commit')
  })
  await hooks.checkpoint('ship:committed')
  const shipment = await findShipment(db, orderId, sellerId)
  const [view] = shipment ? await viewShipments(db, sellerId, [shipment]) : []
  if (!view) throw new Error(`a shipment of order ${orderId} vanished`)
  return view
}
