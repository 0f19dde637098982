import type { Queryable } from '../../kit/database.ts'
import { trackingCode } from '../entities/delivery.ts'
import { findProvider } from '../entities/delivery-provider.ts'
import type { Order } from '../entities/order.ts'
import { deliveriesOf, insertDelivery, markDelivery } from '../repositories/deliveries.ts'
import { lockDueDeliveries } from '../repositories/due-orders.ts'
import { lockOrder, markOrder } from '../repositories/orders.ts'
import { insertShipments, markRestHandedOver } from '../repositories/shipments.ts'
import { record } from '../repositories/timeline.ts'
import type { Sales } from './context.ts'

/** Of a courier that we no longer work with. */
const usualDays = 7

/** Books the courier of an order that is paid and that the transaction holds, once. */
async function book({ pace }: Pick<Sales, 'pace'>, tx: Queryable, { id: orderId, provider }: Order): Promise<void> {
  const code = trackingCode()
  const days = findProvider(provider.id)?.days ?? usualDays
  const first = await insertDelivery(tx, { orderId, trackingCode: code, days, stepSeconds: pace.courierSeconds })
  if (first) await record(tx, orderId, 'delivery-scheduled', code)
}

/** Hands a paid order to its courier, once. An order cancelled in between is not. */
export async function scheduleDelivery(sales: Sales, tx: Queryable, orderId: string): Promise<void> {
  const order = await lockOrder(tx, orderId)
  if (order?.status !== 'paid') return
  await book(sales, tx, order)
  await sales.hooks.checkpoint('deliver:before-commit')
}

async function markShipped(tx: Queryable, orderId: string, stepSeconds: number): Promise<void> {
  await markDelivery(tx, orderId, 'in-transit', stepSeconds)
  await markOrder(tx, orderId, 'shipped')
  await record(tx, orderId, 'shipped')
}

/** Every seller of a paid order, which the transaction holds, has handed over: it is on its way, at once. */
export async function depart(sales: Pick<Sales, 'pace'>, tx: Queryable, order: Order): Promise<void> {
  // The message that books the courier may not have been delivered yet.
  await book(sales, tx, order)
  await markShipped(tx, order.id, sales.pace.courierSeconds)
}

/**
 * The courier leaves with what the shop itself sells, and with what its sellers have not handed over by now: a
 * demonstration never stands still.
 */
async function collect(tx: Queryable, orderId: string, stepSeconds: number): Promise<void> {
  await insertShipments(tx, orderId)
  await markRestHandedOver(tx, orderId)
  await markShipped(tx, orderId, stepSeconds)
}

async function step(tx: Queryable, orderId: string, stepSeconds: number): Promise<void> {
  const delivery = (await deliveriesOf(tx, [orderId])).get(orderId)
  if (delivery?.status === 'scheduled') return collect(tx, orderId, stepSeconds)
  await markDelivery(tx, orderId, 'delivered', stepSeconds)
  await markOrder(tx, orderId, 'delivered')
  await record(tx, orderId, 'delivered')
}

/** The courier's simulator: each due delivery goes one step on. Any number of processes share the work. */
export async function moveDeliveries({ db, pace }: Sales): Promise<void> {
  await db.transaction(async (tx) => {
    for (const orderId of await lockDueDeliveries(tx)) await step(tx, orderId, pace.courierSeconds)
  })
}
