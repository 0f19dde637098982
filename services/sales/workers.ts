import { purgeIdempotencyKeys } from '../kit/idempotency.ts'
import { every, pause, type Worker } from '../kit/worker.ts'
import { inquire } from './logic/charge.ts'
import type { Sales } from './logic/context.ts'
import { moveDeliveries } from './logic/deliver.ts'
import { giveUpOrders } from './logic/give-up.ts'
import { reconcile } from './logic/reconcile.ts'
import { purgeInbox } from './repositories/inbox.ts'
import { purgeHolds } from './repositories/leaving.ts'
import { takeDuePayments } from './repositories/payments.ts'

const hourMs = 3_600_000
const daySeconds = 86_400

/** Asks what became of payments whose outcome nobody knows yet. */
async function settlePayments(sales: Sales): Promise<void> {
  const due = await takeDuePayments(sales.db)
  await Promise.all(due.map((payment) => inquire(sales, sales.db, payment)))
  if (due.length > 0) sales.outbox.wake()
}

/** As `every`, for work that a process that has just started need not do. */
function later(ms: number, worker: Worker): Worker {
  return {
    name: worker.name,
    run: async (signal) => {
      await pause(ms, signal)
      await worker.run(signal)
    },
  }
}

/** All background work of sales. Every process runs all of it; rows are shared out by `skip locked`. */
export function salesWorkers(sales: Sales): Worker[] {
  const { db, log, outbox, pace } = sales
  const courierMs = Math.min(5_000, Math.max(100, pace.courierSeconds * 250))
  return [
    outbox.worker(2),
    every(500, 'settle', log, () => settlePayments(sales)),
    every(1_000, 'give-up', log, () => giveUpOrders(sales)),
    every(courierMs, 'courier', log, () => moveDeliveries(sales)),
    later(
      hourMs,
      every(hourMs, 'purge', log, async () => {
        await purgeIdempotencyKeys(db)
        await purgeInbox(db)
        await purgeHolds(db)
      }),
    ),
    later(
      hourMs,
      every(hourMs, 'reconcile', log, async (signal) => {
        const { orders, findings } = await reconcile(sales, daySeconds, signal)
        if (Object.keys(findings).length > 0) log.warn({ orders, findings }, 'orders were reconciled')
      }),
    ),
  ]
}
