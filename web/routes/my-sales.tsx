import { notFoundHere } from '../app/errors.ts'
import { goTo, sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { ApiProblem } from '../gateway/api.ts'
import { handOver, listShipments, type ShipmentState, shipmentStates } from '../gateway/shipments.ts'
import { MySalesPage } from '../pages/my-sales.tsx'

async function pageOf(visit: Visit, state: ShipmentState) {
  const cursor = visit.query.get('cursor')?.slice(0, 512)
  const first = { state, limit: '12' }
  return listShipments(visit.api, { ...first, ...(cursor && { cursor }) }).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 400) return listShipments(visit.api, first)
    throw error
  })
}

/** A number of an order, as it comes back to us in an address. */
function numberOf({ query }: Visit): string | undefined {
  const number = query.get('order') ?? ''
  return /^[A-Z0-9-]{1,24}$/i.test(number) ? number : undefined
}

export async function mySales(visit: Visit): Promise<void> {
  const { t, query } = visit
  const state = shipmentStates.find((each) => each === query.get('state')) ?? 'to-ship'
  const { items, next } = await pageOf(visit, state)
  const shipped = query.get('done') === 'shipped' ? numberOf(visit) : undefined
  const refusals: Readonly<Record<string, string>> = { cancelled: t.sales.cancelled, 'not-paid': t.sales.notPaid }
  const done = query.get('done') ?? ''
  await sendPage(visit, {
    kind: 'my-sales',
    title: t.sales.title,
    body: (
      <MySalesPage
        state={state}
        shipments={items}
        next={next}
        notice={shipped && t.sales.marked(shipped)}
        warning={Object.hasOwn(refusals, done) ? refusals[done] : undefined}
      />
    ),
  })
}

/** The buyer is told. Sent twice it is shipped once. */
export async function markShipped(visit: Visit): Promise<void> {
  const id = String(visit.context.params.id)
  if (!isId(id)) throw notFoundHere()
  try {
    const { number } = await handOver(visit.api, id)
    goTo(visit, '/my-sales', { done: 'shipped', order: number })
  } catch (error) {
    const known = error instanceof ApiProblem && (error.code === 'cancelled' || error.code === 'not-paid')
    if (!known) throw error
    goTo(visit, '/my-sales', { done: error.code })
  }
}
