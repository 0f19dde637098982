import type { Queryable } from '../../kit/database.ts'
import type { CancelReason } from '../entities/order.ts'
import { lockAbandoned, lockExpired } from '../repositories/due-orders.ts'
import { lockOrder } from '../repositories/orders.ts'
import { cancelWith } from './cancelling.ts'
import type { Sales } from './context.ts'

async function cancelAll(sales: Sales, tx: Queryable, ids: readonly string[], reason: CancelReason): Promise<void> {
  for (const id of ids) {
    const order = await lockOrder(tx, id)
    if (order) await cancelWith(sales, tx, order, reason)
  }
}

/**
 * Gives up orders that nobody goes on with: `pending` ones whose maker died or whose catalog did not answer, and
 * `reserved` ones that were not paid in time. What they hold in the catalog is released, whatever it thinks of it.
 */
export async function giveUpOrders(sales: Sales): Promise<void> {
  await sales.db.transaction(async (tx) => {
    await cancelAll(sales, tx, await lockAbandoned(tx, sales.pace.abandonedSeconds), 'not-completed')
    await cancelAll(sales, tx, await lockExpired(tx), 'reservation-expired')
  })
}
