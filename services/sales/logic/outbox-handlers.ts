import type { Connection, Queryable } from '../../kit/database.ts'
import type { OutboxHandler } from '../../kit/outbox.ts'
import { confirmSale } from './confirm.ts'
import type { Sales } from './context.ts'
import { scheduleDelivery } from './deliver.ts'
import { expireAgain } from './expire-again.ts'
import { refundOrder } from './refund.ts'
import type { Topic } from './topics.ts'

/** Work that wants a connection joins a transaction that is open already. */
const joined = (tx: Queryable): Connection => ({ ...tx, transaction: (work) => work(tx) })

async function release({ catalog, hooks }: Sales, orderId: string): Promise<void> {
  await hooks.checkpoint('release:before-call')
  await catalog.release(orderId)
  await hooks.checkpoint('release:after-call')
}

/** What each topic does. All of it may be repeated. `sales` is asked for late: it holds the outbox that holds these. */
export function outboxHandlers(sales: () => Sales): Record<Topic, OutboxHandler> {
  return {
    release: ({ subject }) => release(sales(), subject),
    confirm: async ({ subject }, tx) => {
      if (!(await confirmSale(sales(), tx, subject)))
        sales().log.error({ orderId: subject }, 'an order is on its way for which the catalog has no books')
    },
    'expire-again': ({ subject }, tx) => expireAgain(sales(), tx, subject),
    deliver: ({ subject }, tx) => scheduleDelivery(sales(), tx, subject),
    refund: ({ subject }, tx) => refundOrder(sales(), joined(tx), subject),
  }
}
