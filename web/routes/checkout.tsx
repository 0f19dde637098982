import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { goTo, sendPage } from '../app/reply.tsx'
import { addCookies, type Visit } from '../app/visit.ts'
import { readVisitorCart } from '../cart/cart.ts'
import { isId } from '../cart/guest-cart.ts'
import { readLines, writeLines } from '../cart/lines.ts'
import { addressFields } from '../forms/address.ts'
import { Checks } from '../forms/checks.ts'
import { type Form, readForm } from '../forms/form.ts'
import { blankForm, type FormState, hasErrors, refusedFields, typed } from '../forms/state.ts'
import { ApiProblem, ApiSilent } from '../gateway/api.ts'
import {
  type Address,
  type CartLine,
  cancelOrder,
  deliveryProviders,
  type Line,
  listOrders,
  type Order,
  placeOrder,
} from '../gateway/sales.ts'
import { CheckoutPage } from '../pages/checkout.tsx'
import { clearCookie, cookieOf, setCookie } from '../session/cookies.ts'
import { needsAttention, openOrder, subtotalOf } from './cart.tsx'
import { chosenAddress, keepAddress, savedAddresses } from './checkout-address.ts'

const fields = [...addressFields, 'deliveryProvider'] as const
/** What the form shows again beside them. */
const choices = ['address', 'keep'] as const
const keyMinutes = 24 * 60
/** Together well below the patience of a reader who has pressed a button. */
const mostWaits = 8
const waitMs = 300

/**
 * The key of the order that this browser is about to place. It is kept in a cookie, so that two tabs, a reload and the
 * back button all mean the same order; a new one is made once that order stands or was refused for good.
 */
function orderKey(visit: Visit): string {
  const known = cookieOf(visit.cookies, 'checkout') ?? ''
  if (isId(known)) return known
  return newOrderKey(visit)
}

function newOrderKey(visit: Visit): string {
  const key = randomUUID()
  addCookies(visit.context, [setCookie('checkout', key, keyMinutes * 60)])
  return key
}

async function show(visit: Visit, lines: readonly CartLine[], state: FormState, key: string, status = 200) {
  const [providers, order, addresses] = await Promise.all([
    deliveryProviders(visit.open),
    openOrder(visit),
    savedAddresses(visit),
  ])
  await sendPage(visit, {
    kind: 'checkout',
    title: visit.t.checkout.title,
    status,
    body: (
      <CheckoutPage
        state={state}
        addresses={addresses}
        orderKey={key}
        lines={lines}
        subtotal={subtotalOf(lines, visit.site.currency)}
        providers={providers}
        openOrder={order}
      />
    ),
  })
}

/** Where the last order went, to begin with. A first one begins with the account's name. */
async function lastAddress({ api, session, log }: Visit): Promise<Record<string, string>> {
  const name: Record<string, string> = { name: session?.name ?? '' }
  try {
    const { items } = await listOrders(api, { limit: '1' })
    const last: Order | undefined = items[0]
    return last ? { ...last.delivery.address, deliveryProvider: last.delivery.provider.id } : name
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) throw error
    log.warn({ err: error }, 'the last address cannot be read')
    return name
  }
}

/** The lines to buy; undefined when the cart has to be looked at first, and the visitor is on the way there. */
async function linesToBuy(visit: Visit): Promise<CartLine[] | undefined> {
  const lines = await readVisitorCart(visit)
  if (lines.length > 0 && !needsAttention(lines)) return lines
  goTo(visit, '/cart')
  return undefined
}

export async function checkoutPage(visit: Visit): Promise<void> {
  const lines = await linesToBuy(visit)
  if (!lines) return
  await show(visit, lines, blankForm(await lastAddress(visit)), orderKey(visit))
}

interface Refusal {
  errors?: Record<string, string>
  general?: string
  /** The order may have been placed: the same key must be sent again. */
  keepKey?: boolean
}

function refusalOf({ t }: Visit, error: unknown): Refusal | undefined {
  if (error instanceof ApiSilent) return { general: t.checkout.unknown, keepKey: true }
  if (!(error instanceof ApiProblem) || error.status === 401) return undefined
  if (error.status >= 500) return { general: t.checkout.unknown, keepKey: true }
  const general: Readonly<Record<string, string>> = {
    'out-of-stock': t.checkout.outOfStock,
    'not-found': t.checkout.outOfStock,
    'own-book': t.checkout.ownBook,
    'too-many-requests': t.errors.busy,
  }
  if (error.code === 'request-in-flight') return { general: t.checkout.inFlight, keepKey: true }
  if (error.code === 'not-delivered-there' || error.code === 'unknown-delivery-provider')
    return { errors: { deliveryProvider: t.checkout.notThere } }
  if (Object.hasOwn(general, error.code)) return { general: general[error.code] ?? '' }
  const errors = refusedFields(error, fields, t)
  return hasErrors(errors) ? { errors } : { general: t.errors.general }
}

/** The order as the form asks for it. Its lines are those that the page showed, so that a repetition says the same. */
interface Wanted {
  key: string
  lines: Line[]
  deliveryProvider: string
  address: Address
}

async function readWanted(visit: Visit, form: Form, checks: Checks): Promise<Wanted> {
  const key = form.text('key')
  return {
    key: isId(key) ? key : randomUUID(),
    lines: readLines(form.text('lines')),
    deliveryProvider: checks.text('deliveryProvider', 64),
    address: await chosenAddress(visit, form, checks),
  }
}

/** The other tab's click, or the first of two, is placing this very order: what comes of it is ours as well. */
async function placedInTheEnd(visit: Visit, { key, ...order }: Wanted): Promise<Order> {
  for (let wait = 1; ; wait++) {
    try {
      return await placeOrder(visit.api, key, order)
    } catch (error) {
      const inFlight = error instanceof ApiProblem && error.code === 'request-in-flight'
      if (!inFlight || wait > mostWaits) throw error
      await pause(waitMs)
    }
  }
}

/** @returns the address of the page to go on to. */
async function place(visit: Visit, wanted: Wanted): Promise<string> {
  const placed = await placedInTheEnd(visit, wanted)
  addCookies(visit.context, [clearCookie('checkout')])
  return `/orders/${placed.id}/pay`
}

/**
 * The key stands for an order with other details: somebody came back and changed them. If that order waits to be paid
 * it makes room for the new one; if it is paid, this form has nothing left to do.
 */
async function placeAnew(visit: Visit, wanted: Wanted): Promise<string> {
  const earlier = await openOrder(visit)
  if (!earlier) return '/orders'
  await cancelOrder(visit.api, earlier)
  return place(visit, { ...wanted, key: randomUUID() })
}

async function placeOnce(visit: Visit, wanted: Wanted): Promise<string> {
  try {
    return await place(visit, wanted)
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'idempotency-key-reused') return placeAnew(visit, wanted)
    throw error
  }
}

/** What the cart's books cost now, when it still holds what the form shows; undefined when it does not (a repetition). */
function costNow(visit: Visit, cart: readonly CartLine[], wanted: Wanted): number | undefined {
  const same = writeLines(cart) === writeLines(wanted.lines)
  return same ? subtotalOf(cart, visit.site.currency).amount : undefined
}

export async function placeTheOrder(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const checks = new Checks(form, visit.t, visit.lang)
  const wanted = await readWanted(visit, form, checks)
  if (checks.errors.deliveryProvider) checks.errors.deliveryProvider = visit.t.errors.choose
  if (wanted.lines.length === 0) return goTo(visit, '/cart')
  const values = typed(form, [...fields, ...choices])
  const cart = await readVisitorCart(visit)
  const cost = costNow(visit, cart, wanted)
  if (hasErrors(checks.errors)) return again(visit, cart, { values, errors: checks.errors }, wanted.key, 422)
  if (cost !== undefined && String(cost) !== form.text('shown'))
    return again(visit, cart, { values, errors: {}, general: visit.t.checkout.newPrices }, wanted.key, 409)
  try {
    const next = await placeOnce(visit, wanted)
    await keepAddress(visit, form, wanted.address)
    goTo(visit, next)
  } catch (error) {
    const refusal = refusalOf(visit, error)
    if (!refusal) throw error
    const state = { values, errors: refusal.errors ?? {}, general: refusal.general }
    // Somebody may have bought the last copy just now: the cart is read anew.
    const fresh = await readVisitorCart(visit)
    if (refusal.keepKey) await again(visit, fresh, state, wanted.key, 503)
    else await again(visit, fresh, state, newOrderKey(visit), 409)
  }
}

/** The form once more; where nothing is left to buy, or something is gone, the cart says so better. */
async function again(visit: Visit, cart: readonly CartLine[], state: FormState, key: string, status: number) {
  if (cart.length === 0 || needsAttention(cart)) return goTo(visit, '/cart')
  await show(visit, cart, state, key, status)
}
