import { randomUUID } from 'node:crypto'
import { notFoundHere } from '../app/errors.ts'
import { goTo, sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { bareCart, saveVisitorCart } from '../cart/cart.ts'
import { isId } from '../cart/guest-cart.ts'
import { merged } from '../cart/lines.ts'
import { readForm } from '../forms/form.ts'
import { blankForm, type FormState } from '../forms/state.ts'
import { ApiProblem, ApiSilent } from '../gateway/api.ts'
import { cancelOrder, findOrder, listOrders, type Order, payOrder } from '../gateway/sales.ts'
import { OrderPage } from '../pages/order.tsx'
import { OrdersPage } from '../pages/orders.tsx'
import { cardTokens, PayPage } from '../pages/pay.tsx'
import { hasReceipt, ReceiptPage } from '../pages/receipt.tsx'

async function ownOrder(visit: Visit): Promise<Order> {
  const id = String(visit.context.params.id)
  if (!isId(id)) throw notFoundHere()
  return findOrder(visit.api, id)
}

export async function ordersPage(visit: Visit): Promise<void> {
  const cursor = visit.query.get('cursor')?.slice(0, 512)
  const query = { limit: '12', ...(cursor && { cursor }) }
  const page = await listOrders(visit.api, query).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 400) return listOrders(visit.api, { limit: '12' })
    throw error
  })
  await sendPage(visit, {
    kind: 'orders',
    title: visit.t.order.list,
    body: <OrdersPage orders={page.items} next={page.next} />,
  })
}

export async function orderPage(visit: Visit): Promise<void> {
  const { t, query } = visit
  const order = await ownOrder(visit)
  const settled = order.status !== 'paying' && order.status !== 'cancelled'
  await sendPage(visit, {
    kind: 'order',
    title: t.order.title(order.number),
    body: (
      <OrderPage
        order={order}
        notice={query.get('done') === 'paid' && settled ? t.order.placed : undefined}
        warning={query.get('done') === 'too-late' ? t.order.cannotCancel : undefined}
      />
    ),
  })
}

/** For who has paid. Before that there is nothing to certify. */
export async function receiptPage(visit: Visit): Promise<void> {
  const order = await ownOrder(visit)
  if (!hasReceipt(order)) return goTo(visit, `/orders/${order.id}`)
  await sendPage(visit, {
    kind: 'receipt',
    title: visit.t.receipt.title(order.number),
    body: <ReceiptPage order={order} />,
  })
}

async function showPayment(visit: Visit, order: Order, state: FormState, key: string, status = 200): Promise<void> {
  await sendPage(visit, {
    kind: 'pay',
    title: visit.t.pay.title,
    status,
    body: <PayPage order={order} state={state} paymentKey={key} />,
  })
}

export async function payPage(visit: Visit): Promise<void> {
  const order = await ownOrder(visit)
  if (order.status !== 'reserved') return goTo(visit, `/orders/${order.id}`)
  await showPayment(visit, order, blankForm(), randomUUID())
}

/**
 * Pays once, however often the form is sent: its key is the same. Whatever is not clear by the end of the call (no
 * answer, 202, already paid or being paid in another tab) is told by the order's page, which looks again.
 */
export async function pay(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const order = await ownOrder(visit)
  const card = cardTokens.find((token) => token === form.text('card'))
  const key = isId(form.text('key')) ? form.text('key') : randomUUID()
  if (!card) return showPayment(visit, order, { values: {}, errors: { card: visit.t.errors.choose } }, key, 422)
  try {
    await payOrder(visit.api, key, order.id, card)
    goTo(visit, `/orders/${order.id}`, { done: 'paid' })
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 402) return declined(visit, order, card)
    const known = error instanceof ApiSilent || (error instanceof ApiProblem && [409, 422, 503].includes(error.status))
    if (!known) throw error
    visit.log.info({ err: error }, 'the order’s page tells what became of the payment')
    goTo(visit, `/orders/${order.id}`)
  }
}

/** Another attempt is another payment, hence the new key. */
async function declined(visit: Visit, order: Order, card: string): Promise<void> {
  const state = { values: { card }, errors: {}, general: visit.t.pay.declined }
  await showPayment(visit, order, state, randomUUID(), 402)
}

/** Books of an order that was cancelled before it was paid go back into the cart when the form asks for it. */
async function putBack(visit: Visit, order: Order): Promise<void> {
  const lines = order.lines.map(({ bookId, quantity }) => ({ bookId, quantity }))
  await saveVisitorCart(visit, merged(await bareCart(visit), lines))
}

export async function cancel(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const order = await ownOrder(visit)
  try {
    await cancelOrder(visit.api, order.id)
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 409)) throw error
    return goTo(visit, `/orders/${order.id}`, { done: 'too-late' })
  }
  if (form.text('back') !== 'cart') return goTo(visit, `/orders/${order.id}`)
  await putBack(visit, order)
  goTo(visit, '/cart')
}
