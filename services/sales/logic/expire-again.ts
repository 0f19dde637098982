import type { Queryable } from '../../kit/database.ts'
import { lockOrder, setExpiry } from '../repositories/orders.ts'
import type { Sales } from './context.ts'

/**
 * After a declined payment the reservation's clock runs anew. The order is held meanwhile: should the buyer pay again
 * now, that payment keeps the reservation after us, never before.
 */
export async function expireAgain({ catalog, hooks }: Sales, tx: Queryable, orderId: string): Promise<void> {
  const order = await lockOrder(tx, orderId)
  if (order?.status !== 'reserved') return
  await hooks.checkpoint('expire-again:before-call')
  await catalog.expireAgain(orderId)
  const reservation = await catalog.reservation(orderId)
  await hooks.checkpoint('expire-again:after-call')
  if (reservation?.expiresAt) await setExpiry(tx, orderId, reservation.expiresAt)
}
