import type { Queryable } from '../../kit/database.ts'
import type { Outcome } from '../entities/payment.ts'
import { firstTime } from '../repositories/inbox.ts'
import { findPayment } from '../repositories/payments.ts'
import type { PaymentEvent } from '../schemas.ts'
import type { Sales } from './context.ts'
import { settle, settleRefunded } from './settle.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const outcomeOf = ({ type, reason }: PaymentEvent): Outcome =>
  type === 'charge.declined' ? { status: 'declined', reason: reason ?? 'declined' } : { status: 'succeeded' }

async function apply(sales: Sales, tx: Queryable, event: PaymentEvent): Promise<void> {
  const payment = uuid.test(event.key) ? await findPayment(tx, event.key) : undefined
  if (!payment || payment.amount !== event.amount || payment.currency !== event.currency) {
    sales.log.error({ event }, 'a payment event matches no payment; reconcile finds out')
    return
  }
  if (event.type === 'charge.refunded') await settleRefunded(tx, payment)
  else await settle(sales, tx, payment, outcomeOf(event))
}

/** Takes a verified event of the card processor, once, whatever came before it. */
export async function takePaymentEvent(sales: Sales, event: PaymentEvent): Promise<void> {
  const { db, hooks, outbox } = sales
  await db.transaction(async (tx) => {
    if (await firstTime(tx, event.id, event.type)) await apply(sales, tx, event)
    await hooks.checkpoint('webhook:before-commit')
  })
  await hooks.checkpoint('webhook:committed')
  outbox.wake()
}
