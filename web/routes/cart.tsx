import { goTo, sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { bareCart, readVisitorCart, saveVisitorCart } from '../cart/cart.ts'
import { isId, maxLines, maxQuantity } from '../cart/guest-cart.ts'
import { merged, withQuantities } from '../cart/lines.ts'
import { type Form, readForm } from '../forms/form.ts'
import { ApiProblem } from '../gateway/api.ts'
import { browse } from '../gateway/catalog.ts'
import { type CartLine, listOrders } from '../gateway/sales.ts'
import type { Book } from '../gateway/schemas.ts'
import type { Money } from '../i18n/format.ts'
import { CartPage } from '../pages/cart.tsx'

/** Of what can be bought as it stands. */
export function subtotalOf(lines: readonly CartLine[], currency: string): Money {
  const sum = lines.reduce(
    (total, { state, unitPrice, quantity }) => total + (state === 'gone' ? 0 : (unitPrice?.amount ?? 0) * quantity),
    0,
  )
  return { amount: sum, currency }
}

export const needsAttention = (lines: readonly CartLine[]): boolean =>
  lines.some(({ state }) => state === 'gone' || state === 'short')

/** The latest order when its books are set aside and it waits to be paid. */
export async function openOrder(visit: Visit): Promise<string | undefined> {
  if (!visit.session) return undefined
  try {
    const { items } = await listOrders(visit.api, { limit: '1' })
    return items[0]?.status === 'reserved' ? items[0].id : undefined
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) throw error
    visit.log.warn({ err: error }, 'open orders cannot be read')
    return undefined
  }
}

function noticeOf({ t, query }: Visit): string | undefined {
  const done = query.get('done')
  if (done === 'added') return t.cart.added
  return done === 'updated' ? t.cart.updated : undefined
}

/** A bonus beside an empty cart: without it the page still stands. */
async function arrivals(visit: Visit): Promise<readonly Book[]> {
  try {
    return (await browse(visit.open, { sort: 'newest', inStock: 'true', limit: '6' })).items
  } catch (error) {
    visit.log.warn({ err: error }, 'a shelf is missing')
    return []
  }
}

export async function cartPage(visit: Visit): Promise<void> {
  const { t, site } = visit
  const [lines, order] = await Promise.all([readVisitorCart(visit), openOrder(visit)])
  const instead = lines.length === 0 ? await arrivals(visit) : []
  const warning = visit.query.get('done') === 'full' ? t.cart.full : needsAttention(lines) ? t.cart.fix : undefined
  await sendPage(visit, {
    kind: 'cart',
    title: t.cart.title,
    body: (
      <CartPage
        lines={lines}
        subtotal={subtotalOf(lines, site.currency)}
        notice={noticeOf(visit)}
        warning={warning}
        openOrder={order}
        instead={instead}
      />
    ),
  })
}

const quantityOf = (text: string) => (/^\d{1,3}$/.test(text.trim()) ? Math.min(maxQuantity, Number(text)) : undefined)

async function addBook(visit: Visit, form: Form): Promise<void> {
  const bookId = form.text('book')
  const quantity = Math.max(1, quantityOf(form.text('quantity')) ?? 1)
  if (!isId(bookId)) return goTo(visit, '/cart')
  const lines = await bareCart(visit)
  const full = lines.length >= maxLines && !lines.some((line) => line.bookId === bookId)
  if (!full) await saveVisitorCart(visit, merged(lines, [{ bookId, quantity }]))
  goTo(visit, '/cart', { done: full ? 'full' : 'added' })
}

async function updateCart(visit: Visit, form: Form): Promise<void> {
  const wanted = new Map<string, number>()
  for (const name of form.names()) {
    const bookId = name.startsWith('quantity-') ? name.slice('quantity-'.length) : ''
    const quantity = quantityOf(form.text(name))
    if (isId(bookId) && quantity !== undefined) wanted.set(bookId, quantity)
  }
  const removed = form.text('remove')
  if (isId(removed)) wanted.set(removed, 0)
  await saveVisitorCart(visit, withQuantities(await bareCart(visit), wanted))
  if (form.text('go') === 'checkout') goTo(visit, '/checkout')
  else goTo(visit, '/cart', { done: 'updated' })
}

/** One address for all that a cart's forms do: add, change, remove, go on to the checkout. */
export async function changeCart(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  if (form.text('do') === 'add') await addBook(visit, form)
  else await updateCart(visit, form)
}
