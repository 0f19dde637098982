import { call, promised } from '../api.ts'
import type { Fields } from '../fields.ts'
import { DoesNotHold } from '../types.ts'
import type { Visit } from '../visit.ts'
import { openSession } from './session.ts'

const ended = ['cancelled', 'refunded']

/** The order as it is now. */
export function readOrder(visit: Visit): Promise<Fields> {
  const path = `/sales/orders/${promised(visit.orderId, 'order')}`
  return call(visit, { path, as: promised(visit.buyer, 'buyer'), expect: 200, what: 'the order' })
}

/** Reads the order every quarter of a second until it is as wanted. @throws DoesNotHold after `withinMs`. */
export async function awaitOrder(
  visit: Visit,
  wanted: (order: Fields) => boolean,
  what: string,
  withinMs: number,
): Promise<Fields> {
  const started = visit.clock.now().getTime()
  for (;;) {
    const order = await readOrder(visit)
    if (wanted(order)) return order
    if (visit.clock.now().getTime() - started > withinMs) {
      throw new DoesNotHold(
        `After ${withinMs / 1000} s the order is still '${order.text('status')}': ${what} was expected.`,
      )
    }
    await visit.clock.sleep(250, visit.signal)
  }
}

/** For the clean-up: whatever orders the buyer has are cancelled, the one whose answer was lost as well. */
export async function cancel(visit: Visit): Promise<void> {
  const buyer = promised(visit.buyer, 'buyer')
  if (!buyer.session) await openSession(visit, buyer)
  const page = await call(visit, { path: '/sales/orders?limit=10', as: buyer, expect: 200, what: 'the orders' })
  const open = page.list('items').filter((order) => !ended.includes(order.text('status')))
  for (const order of open) {
    await call(visit, {
      method: 'POST',
      path: `/sales/orders/${order.text('id')}/cancel`,
      as: buyer,
      expect: [200, 202],
      what: 'the cancelled order',
    })
  }
}
