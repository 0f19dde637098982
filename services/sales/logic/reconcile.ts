import { orderIdsAfter } from '../repositories/due-orders.ts'
import { findOrder, unknownOrders } from '../repositories/orders.ts'
import type { Sales } from './context.ts'
import { type Finding, reconcileOrder } from './reconcile-order.ts'

export interface Reconciled {
  orders: number
  findings: Partial<Record<Finding | 'orphan-charge-refunded' | 'orphan-reservation-released', number>>
}

const zero = '00000000-0000-0000-0000-000000000000'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function count(result: Reconciled, finding: keyof Reconciled['findings']): void {
  result.findings[finding] = (result.findings[finding] ?? 0) + 1
}

/**
 * Reconciles the orders changed within `seconds`. Needed after a restore, since three databases share no snapshot; at
 * all other times it finds nothing.
 */
export async function reconcile(sales: Sales, seconds: number, signal: AbortSignal): Promise<Reconciled> {
  const result: Reconciled = { orders: 0, findings: {} }
  let after = zero
  while (!signal.aborted) {
    const ids = await orderIdsAfter(sales.db, after, seconds)
    for (const id of ids) {
      if (signal.aborted) break
      for (const finding of await reconcileOrder(sales, id)) count(result, finding)
      result.orders++
    }
    const last = ids.at(-1)
    if (last === undefined) break
    after = last
  }
  return result
}

/** Gives back the money of charges whose orders we know nothing of: they were lost with a restore. */
export async function refundOrphans(sales: Sales, result: Reconciled, signal: AbortSignal): Promise<void> {
  for await (const { reference, key, status } of sales.processor.charges()) {
    if (signal.aborted) return
    if (status !== 'succeeded' || !uuid.test(reference)) continue
    if (await findOrder(sales.db, reference)) continue
    await sales.processor.refund(key)
    count(result, 'orphan-charge-refunded')
  }
}

/** Gives back the books of orders we know nothing of. An order is written down before the catalog is asked, so none is under way. */
export async function releaseOrphans(sales: Sales, result: Reconciled, signal: AbortSignal): Promise<void> {
  const { catalog, db, log } = sales
  for await (const ids of catalog.reservedOrders()) {
    for (const orderId of await unknownOrders(db, ids)) {
      if (signal.aborted) return
      await catalog.release(orderId)
      log.warn({ orderId }, 'books were released that an unknown order had reserved')
      count(result, 'orphan-reservation-released')
    }
  }
}
