import type { Queryable } from '../../kit/database.ts'
import { trackingCode } from '../entities/delivery.ts'
import { findProvider } from '../entities/delivery-provider.ts'
import { deliveriesOf, insertDelivery, markDelivery } from '../repositories/deliveries.ts'
import { lockDueDeliveries } from '../repositories/due-orders.ts'
import { lockOrder, markOrder } from '../repositories/orders.ts'
import { record } from '../repositories/timeline.ts'
import type { Sales } from './context.ts'

/** Of a courier that we no longer work with. */
const usualDays = 7

/** Hands a paid order to its courier, once. An order cancelled in between is not. */
export async function scheduleDelivery({ pace, hooks }: Sales, tx: Queryable, orderId: string): Promise<void> {
  const order = await lockOrder(tx, orderId)
  if (order?.status !== 'paid') return
  const code = trackingCode()
  const days = findProvider(order.provider.id)?.days ?? usualDays
  const first = await insertDelivery(tx, { orderId, trackingCode: code, days, stepSeconds: pace.courierSeconds })
  if (first) await record(tx, orderId, 'delivery-scheduled', code)
  await hooks.checkpoint('deliver:before-commit')
}

async function step(tx: Queryable, orderId: string, stepSeconds: number): Promise<void> {
  const delivery = (await deliveriesOf(tx, [orderId])).get(orderId)
  const [next, event] =
    delivery?.status === 'scheduled' ? (['in-transit', 'shipped'] as const) : (['delivered', 'delivered'] as const)
  await markDelivery(tx, orderId, next, stepSeconds)
  await markOrder(tx, orderId, event)
  await record(tx, orderId, event)
}

/** The courier's simulator: each due delivery goes one step on. Any number of processes share the work. */
export async function moveDeliveries({ db, pace }: Sales): Promise<void> {
  await db.transaction(async (tx) => {
    for (const orderId of await lockDueDeliveries(tx)) await step(tx, orderId, pace.courierSeconds)
  })
}
