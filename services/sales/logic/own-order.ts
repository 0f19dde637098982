import type { Queryable } from '../../kit/database.ts'
import { notFound } from '../../kit/problem.ts'
import type { Order } from '../entities/order.ts'
import { findOrder, lockOrder } from '../repositories/orders.ts'

/** @throws Problem 404 when there is none, or it is somebody else's: which of the two nobody learns. */
function ofBuyer(order: Order | undefined, buyerId: string): Order {
  if (order?.buyerId === buyerId) return order
  throw notFound('No such order')
}

export const ownOrder = async (db: Queryable, id: string, buyerId: string) => ofBuyer(await findOrder(db, id), buyerId)

export const lockOwnOrder = async (tx: Queryable, id: string, buyerId: string) =>
  ofBuyer(await lockOrder(tx, id), buyerId)
