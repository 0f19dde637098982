import type { Queryable } from '../../kit/database.ts'
import { created, type Reply } from '../../kit/endpoint.ts'
import type { Keyed } from '../../kit/idempotency.ts'
import type { FieldProblem } from '../../kit/problem.ts'
import type { CancelReason, Order } from '../entities/order.ts'
import type { Refusal, Reserved } from '../peers/catalog.ts'
import { takeFromCart } from '../repositories/carts.ts'
import { leavingOf } from '../repositories/leaving.ts'
import { linesOf, snapshotLines } from '../repositories/lines.ts'
import { findOrder, lockOrder, markReserved } from '../repositories/orders.ts'
import { record } from '../repositories/timeline.ts'
import { cancelBare, cancelWith } from './cancelling.ts'
import type { Sales } from './context.ts'
import { problemReply } from './keyed.ts'
import { viewOrder } from './view.ts'

type Held = Extract<Reserved, { held: true }>

interface Refused {
  refusal: Refusal
  /** It was not the first time that the catalog was asked. */
  again: boolean
}

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

/** Of a second attempt the first one's question may be on its way still: a release sees to it that it comes too late. */
async function refuse(sales: Sales, tx: Queryable, order: Order, { again, refusal }: Refused): Promise<Reply> {
  const reason = reasons[refusal.code] ?? 'refused'
  if (again) await cancelWith(sales, tx, order, reason)
  else await cancelBare(tx, order, reason)
  const { status, code, title, ...more } = refusal
  return problemReply(status, code, title, more)
}

/** An order and its delivery are paid in one currency. */
function isMixed(order: Order, held: Held): boolean {
  return [...held.currencies].some((currency) => currency !== order.currency)
}

/** The lines of sellers who are leaving: the catalog will withdraw these books, and nobody would hand them over. */
async function leftBehind(tx: Queryable, { lines }: Held): Promise<FieldProblem[]> {
  const leaving = await leavingOf(tx, [...new Set(lines.map(({ seller }) => seller.id))])
  return lines.flatMap(({ seller }, at) =>
    leaving.has(seller.id) ? [{ field: `lines.${at}`, message: 'Its seller is leaving' }] : [],
  )
}

/** Cancelled while the catalog was asked. The release that goes with that undoes the answer, whichever comes first. */
const interrupted = ({ reason }: Order): Reply =>
  problemReply(409, 'order-cancelled', 'The order was cancelled', { detail: `Reason: ${reason}` })

/** Undefined for an order that a worker gave up: nothing came of it, and its key may go on with another. */
async function conclude(
  sales: Sales,
  tx: Queryable,
  { orderId, again }: Asking,
  reserved: Reserved,
): Promise<Reply | undefined> {
  const order = await lockOrder(tx, orderId)
  if (!order) throw new Error(`order ${orderId} vanished`)
  if (order.reason === 'not-completed') return undefined
  if (order.status !== 'pending') return interrupted(order)
  if (!reserved.held) return refuse(sales, tx, order, { again, refusal: reserved.refusal })
  const left = await leftBehind(tx, reserved)
  if (left.length > 0) {
    await cancelWith(sales, tx, order, 'out-of-stock')
    return problemReply(409, 'out-of-stock', 'Some of these books are not for sale any more', { errors: left })
  }
  if (!isMixed(order, reserved)) return accept(tx, order, reserved)
  await cancelWith(sales, tx, order, 'mixed-currencies')
  return problemReply(422, 'mixed-currencies', 'These books are sold in another currency')
}

export interface Asking {
  orderId: string
  /** An earlier attempt, which died or got no answer, may have asked already. */
  again: boolean
}

/**
 * Asks the catalog for the books of a pending order, and makes the order `reserved` or `cancelled` by its answer.
 * Undefined when a worker gave the order up in the meantime.
 * @throws Problem 503 without an answer: the order stays `pending`, for the same key to go on with or a worker to give up.
 */
export async function reserveBooks(sales: Sales, keyed: Keyed, asking: Asking): Promise<Reply | undefined> {
  const { catalog, hooks } = sales
  const { orderId } = asking
  const order = await existing(keyed.db, orderId)
  const lines = (await linesOf(keyed.db, [orderId])).get(orderId) ?? []
  await hooks.checkpoint('reserve:before-call')
  const reserved = await catalog.reserve(orderId, order.buyerId, lines)
  await hooks.checkpoint('reserve:after-call')
  const reply = await keyed.db.transaction(async (tx) => {
    const concluded = await conclude(sales, tx, asking, reserved)
    await hooks.checkpoint('reserve:before-commit')
    return concluded && keyed.finish(tx, concluded)
  })
  await hooks.checkpoint('reserve:committed')
  return reply
}
