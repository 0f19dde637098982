import { randomUUID } from 'node:crypto'
import type { Queryable } from '../../kit/database.ts'
import { ok, type Reply } from '../../kit/endpoint.ts'
import { fingerprintOf, type Keyed } from '../../kit/idempotency.ts'
import { Problem } from '../../kit/problem.ts'
import { type Order, totalOf } from '../entities/order.ts'
import type { Payment } from '../entities/payment.ts'
import { findOrder, markOrder } from '../repositories/orders.ts'
import { findPayment, insertPayment } from '../repositories/payments.ts'
import { record } from '../repositories/timeline.ts'
import { attemptCharge, inquire } from './charge.ts'
import type { Sales } from './context.ts'
import { keyed, problemReply } from './keyed.ts'
import { lockOwnOrder, ownOrder } from './own-order.ts'
import { viewOrder } from './view.ts'

export interface Paying {
  buyerId: string
  orderId: string
  key: string
  token: string
}

/** A worker looks after a payment whose request has had the time to end by itself. */
const afterPatienceMs = 2_000

/** @throws Problem 409 that says why the order cannot be paid now. */
function mustBePayable({ status, reason }: Order): void {
  if (status === 'reserved') return
  if (status === 'pending') throw new Problem(409, 'not-reserved', 'The books of this order are not reserved yet')
  if (status === 'paying') throw new Problem(409, 'payment-in-progress', 'This order is being paid')
  if (status === 'cancelled' || status === 'refunded')
    throw new Problem(409, 'order-cancelled', 'The order was cancelled', { detail: `Reason: ${reason}` })
  throw new Problem(409, 'already-paid', 'This order is paid')
}

/**
 * Commits that the order is being paid, before anybody is asked for anything. From here on its reservation is not let
 * expire again, nobody else can pay it, and the outcome will be found out, by whomever.
 */
async function startPayment({ hooks, pace }: Sales, keyed: Keyed, paying: Paying): Promise<string> {
  const id = randomUUID()
  await hooks.checkpoint('pay:begun')
  await keyed.db.transaction(async (tx) => {
    const order = await lockOwnOrder(tx, paying.orderId, paying.buyerId)
    mustBePayable(order)
    const payment = { id, orderId: order.id, token: paying.token, ...totalOf(order) }
    await insertPayment(tx, payment, pace.patienceMs + afterPatienceMs)
    await markOrder(tx, order.id, 'paying')
    await record(tx, order.id, 'payment-started')
    await keyed.reach(tx, 'paying', id)
  })
  await hooks.checkpoint('pay:paying')
  return id
}

const declinedReply = (reason: string | null): Reply =>
  problemReply(402, 'declined', 'The card was declined', {
    detail: `Reason: ${reason}. The order is still reserved; pay with another card.`,
    reason,
  })

const expiredReply = () => problemReply(409, 'reservation-expired', 'The reservation of this order has expired')

/** The reply that a payment's state asks for. The order is still `paying`: 202, which no key stores, so that it can be asked again. */
async function replyFor(db: Queryable, { orderId, status, reason }: Payment): Promise<Reply> {
  if (status === 'declined') return reason === 'reservation-expired' ? expiredReply() : declinedReply(reason)
  const order = await findOrder(db, orderId)
  if (!order) throw new Error(`order ${orderId} vanished`)
  if (status === 'started') return { status: 202, body: await viewOrder(db, order) }
  if (status === 'succeeded') return ok(await viewOrder(db, order))
  return problemReply(409, 'order-cancelled', 'The order was cancelled', { detail: `Reason: ${order.reason}` })
}

async function payment(db: Queryable, id: string): Promise<Payment> {
  const found = await findPayment(db, id)
  if (!found) throw new Error(`payment ${id} vanished`)
  return found
}

/**
 * Pays an order with a card: 200 paid, 402 declined (and payable with another card), 202 when nobody knows yet.
 * @throws Problem 404, 409 `payment-in-progress`, `already-paid`, `order-cancelled`, `not-reserved`.
 */
export async function payOrder(sales: Sales, paying: Paying): Promise<Reply> {
  const { buyerId: owner, orderId, key, token } = paying
  await ownOrder(sales.db, orderId, owner)
  const fingerprint = fingerprintOf('pay', { orderId, token })
  return keyed(sales, { owner, key, fingerprint }, async (keyed) => {
    const resumed = keyed.subject
    const id = resumed ?? (await startPayment(sales, keyed, paying))
    let stored: Reply | undefined
    // The reply goes into the transaction that learns the outcome.
    const conclude = async (tx: Queryable) => {
      stored = await keyed.finish(tx, await replyFor(tx, await payment(tx, id)))
    }
    const before = await payment(keyed.db, id)
    const ask = resumed === undefined ? attemptCharge : inquire
    if (before.status === 'started') await ask(sales, keyed.db, before, conclude)
    const after = await payment(keyed.db, id)
    // Known before we asked, or a webhook was faster than the answer.
    if (!stored && after.status !== 'started') await keyed.db.transaction(conclude)
    sales.outbox.wake()
    return stored ?? replyFor(keyed.db, after)
  })
}
