import type { Connection, Queryable } from '../../kit/database.ts'
import { Problem } from '../../kit/problem.ts'
import type { Outcome, Payment } from '../entities/payment.ts'
import { outcomeOf } from '../peers/processor.ts'
import { lockOrder } from '../repositories/orders.ts'
import { checkPaymentIn } from '../repositories/payments.ts'
import { recordOnce } from '../repositories/timeline.ts'
import type { Sales } from './context.ts'
import { settle, settleExpired } from './settle.ts'

/** More work in the transaction that learns a payment's outcome. */
export type AlsoThen = (tx: Queryable) => Promise<void>

const nothingMore: AlsoThen = async () => undefined
const soonMs = 500

/** Commits an outcome, and what belongs to it. */
async function commit(
  { hooks }: Sales,
  db: Connection,
  apply: (tx: Queryable) => Promise<unknown>,
  also: AlsoThen,
): Promise<void> {
  await db.transaction(async (tx) => {
    await apply(tx)
    await also(tx)
    await hooks.checkpoint('settle:before-commit')
  })
  await hooks.checkpoint('settle:committed')
}

/** The order stays `paying`, its timeline says so once, and a worker asks again soon. */
async function leaveUnknown({ id, orderId }: Payment, db: Connection): Promise<void> {
  await db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderId)
    if (order?.status !== 'paying') return
    await checkPaymentIn(tx, id, soonMs)
    await recordOnce(tx, orderId, 'payment-unknown')
  })
}

async function chargeCard({ processor, hooks }: Sales, payment: Payment): Promise<Outcome | undefined> {
  const { id: key, amount, currency, token, orderId: reference } = payment
  // A payment without a token was taken up from the processor's books: it is there, and only has to be found.
  if (token === null) return undefined
  await hooks.checkpoint('charge:before-call')
  const outcome = await processor.charge({ key, amount, currency, token, reference })
  await hooks.checkpoint('charge:after-call')
  return outcome
}

/** Undefined when the catalog does not answer: nothing was charged, and it is tried again. */
async function keepReservation({ catalog, hooks, log }: Sales, orderId: string): Promise<boolean | undefined> {
  await hooks.checkpoint('keep:before-call')
  try {
    return await catalog.keep(orderId)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    log.warn({ err: error, orderId }, 'the catalog could not be asked to keep a reservation')
    return undefined
  } finally {
    await hooks.checkpoint('keep:after-call')
  }
}

/**
 * Keeps the reservation, then charges the card under the payment's own key, and commits what comes of it.
 *
 * The reservation is kept after the order became `paying`, not before: a message `expire-again` of an earlier, declined
 * payment looks at the order first, so it can never undo what we keep here.
 */
export async function attemptCharge(sales: Sales, db: Connection, payment: Payment, also = nothingMore): Promise<void> {
  const kept = await keepReservation(sales, payment.orderId)
  if (kept === false) return commit(sales, db, (tx) => settleExpired(sales, tx, payment), also)
  const outcome = kept ? await chargeCard(sales, payment) : undefined
  if (outcome === undefined) return leaveUnknown(payment, db)
  return commit(sales, db, (tx) => settle(sales, tx, payment, outcome), also)
}

/** Finds out what became of a payment; one that never arrived is attempted again under the same key. */
export async function inquire(sales: Sales, db: Connection, payment: Payment, also = nothingMore): Promise<void> {
  const charge = await sales.processor.find(payment.id).catch(unlessSilent)
  if (charge === silent) return leaveUnknown(payment, db)
  if (!charge) return attemptCharge(sales, db, payment, also)
  return commit(sales, db, (tx) => settle(sales, tx, payment, outcomeOf(charge)), also)
}

const silent = Symbol('no answer')

function unlessSilent(error: unknown): typeof silent {
  if (error instanceof Problem) return silent
  throw error
}
