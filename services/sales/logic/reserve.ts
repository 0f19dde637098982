import type { Queryable } from '../../kit/database.ts'
import type { Reply } from '../../kit/endpoint.ts'
import { created } from '../../kit/endpoint.ts'
import type { Keyed } from '../../kit/idempotency.ts'
import type { CancelReason, Order } from '../entities/order.ts'
import type { Refusal, Reserved } from '../peers/catalog.ts'
import { takeFromCart } from '../repositories/carts.ts'
import { linesOf, snapshotLines } from '../repositories/lines.ts'
import { findOrder, lockOrder, markReserved } from '../repositories/orders.ts'
import { record } from '../repositories/timeline.ts'
import { cancelBare, cancelWith } from './cancelling.ts'
import type { Sales } from './context.ts'
import { problemReply } from './keyed.ts'
import { send } from './topics.ts'
import { viewOrder } from './view.ts'

type Held = Extract<Reserved, { held: true }>

const reasons: Readonly<Record<string, CancelReason>> = {
  'out-of-stock': 'out-of-stock',
  'not-found': 'not-found',
  'own-book': 'own-book',
  'reservation-expired': 'reservation-expired',
}

async function existing(db: Queryable, id: string): Promise<Order> {
  const order = await findOrder(db, id)
  if (!order) throw new Error(`order ${id} vanished`)
  return order
}

/** The catalog's prices become the order's: a client never names one. */
async function accept(tx: Queryable, order: Order, held: Held): Promise<Reply> {
  const itemsAmount = held.lines.reduce((sum, line) => sum + line.unitAmount * line.quantity, 0)
  await snapshotLines(tx, order.id, held.lines)
  await markReserved(tx, order.id, itemsAmount, held.expiresAt)
  await record(tx, order.id, 'reserved')
  const bookIds = held.lines.map((line) => line.bookId)
  await takeFromCart(tx, order.buyerId, bookIds)
  return created(await viewOrder(tx, await existing(tx, order.id)), `/sales/orders/${order.id}`)
}

async function refuse(tx: Queryable, order: Order, refusal: Refusal): Promise<Reply> {
  await cancelBare(tx, order, reasons[refusal.code] ?? 'refused')
  const { status, code, title, ...more } = refusal
  return problemReply(status, code, title, more)
}

/** An order and its delivery are paid in one currency. */
function isMixed(order: Order, held: Held): boolean {
  return [...held.currencies].some((currency) => currency !== order.currency)
}

async function conclude(sales: Sales, tx: Queryable, orderId: string, reserved: Reserved): Promise<Reply> {
  const order = await lockOrder(tx, orderId)
  if (!order) throw new Error(`order ${orderId} vanished`)
  if (order.status !== 'pending') return interrupted(sales, tx, order)
  if (!reserved.held) return refuse(tx, order, reserved.refusal)
  if (!isMixed(order, reserved)) return accept(tx, order, reserved)
  await cancelWith(sales, tx, order, 'mixed-currencies')
  return problemReply(422, 'mixed-currencies', 'These books are sold in another currency')
}

/** Cancelled while the catalog was asked. What was reserved since then goes back. */
async function interrupted(sales: Sales, tx: Queryable, order: Order): Promise<Reply> {
  await send(sales, tx, order.id, 'release')
  return problemReply(409, 'order-cancelled', 'The order was cancelled', { detail: `Reason: ${order.reason}` })
}

/**
 * Asks the catalog for the books of a pending order, and makes the order `reserved` or `cancelled` by its answer.
 * @throws Problem 503 without an answer: the order stays `pending`, for the same key to go on with or a worker to give up.
 */
export async function reserveBooks(sales: Sales, keyed: Keyed, orderId: string): Promise<Reply> {
  const { catalog, hooks } = sales
  const order = await existing(keyed.db, orderId)
  const lines = (await linesOf(keyed.db, [orderId])).get(orderId) ?? []
  await hooks.checkpoint('reserve:before-call')
  const reserved = await catalog.reserve(orderId, order.buyerId, lines)
  await hooks.checkpoint('reserve:after-call')
  const reply = await keyed.db.transaction(async (tx) => {
    const concluded = await conclude(sales, tx, orderId, reserved)
    await hooks.checkpoint('reserve:before-commit')
    return keyed.finish(tx, concluded)
  })
  await hooks.checkpoint('reserve:committed')
  sales.outbox.wake()
  return reply
}
