import { randomUUID } from 'node:crypto'
import type { Reply } from '../../kit/endpoint.ts'
import { fingerprintOf, type Keyed } from '../../kit/idempotency.ts'
import { Problem, unavailable } from '../../kit/problem.ts'
import { type DeliveryProvider, findProvider, priceOf, serves } from '../entities/delivery-provider.ts'
import { orderNumber } from '../entities/order.ts'
import { insertLines } from '../repositories/lines.ts'
import { findOrder, insertOrder } from '../repositories/orders.ts'
import { record } from '../repositories/timeline.ts'
import type { OrderBody } from '../schemas.ts'
import type { Sales } from './context.ts'
import { keyed } from './keyed.ts'
import { mustStay } from './leaving.ts'
import { reserveBooks } from './reserve.ts'

export interface Placing {
  buyerId: string
  key: string
  body: OrderBody
}

/** @throws Problem 422 `unknown-delivery-provider` or `not-delivered-there`. */
function providerFor({ deliveryProvider, address }: OrderBody): DeliveryProvider {
  const provider = findProvider(deliveryProvider)
  const refuse = (code: string, title: string, field: string) =>
    new Problem(422, code, title, { errors: [{ field, message: title }] })
  if (!provider) throw refuse('unknown-delivery-provider', 'There is no such delivery provider', 'deliveryProvider')
  if (!serves(provider, address.country))
    throw refuse('not-delivered-there', `${provider.name} does not deliver to this country`, 'address.country')
  return provider
}

/**
 * Commits the order before anything is reserved for it: whatever happens next, somebody knows of it.
 * @throws Problem 409 `account-closing`.
 */
async function pendingOrder(
  { hooks, currency }: Sales,
  keyed: Keyed,
  { buyerId, body }: Placing,
  provider: DeliveryProvider,
): Promise<string> {
  const id = randomUUID()
  await hooks.checkpoint('create:begun')
  await keyed.db.transaction(async (tx) => {
    await mustStay(tx, buyerId)
    const order = {
      id,
      buyerId,
      currency,
      deliveryAmount: priceOf(provider, currency).amount,
      provider: { id: provider.id, name: provider.name },
      address: body.address,
    }
    while (!(await insertOrder(tx, { ...order, number: orderNumber() })));
    await insertLines(tx, id, body.lines)
    await record(tx, id, 'placed')
    await keyed.reach(tx, 'pending', id)
  })
  await hooks.checkpoint('create:pending')
  return id
}

/**
 * The order that an earlier attempt placed, unless a worker has given it up: then its key starts afresh. What the old
 * order holds is released first, here and now, for it might be the last copy.
 */
async function unlessGivenUp(
  { catalog }: Sales,
  { db }: Keyed,
  orderId: string | undefined,
): Promise<string | undefined> {
  const order = orderId === undefined ? undefined : await findOrder(db, orderId)
  if (order?.reason !== 'not-completed') return orderId
  await catalog.release(order.id)
  return undefined
}

/** Orders that one request may see given up under its hands before it gives up itself. */
const attempts = 2

/** Places an order and reserves its books: 201 with the order, or a problem that says what is not to be had. */
export function placeOrder(sales: Sales, placing: Placing): Promise<Reply> {
  const { buyerId: owner, key, body } = placing
  const provider = providerFor(body)
  return keyed(sales, { owner, key, fingerprint: fingerprintOf('place-order', body) }, async (keyed) => {
    let orderId = keyed.subject
    for (let attempt = 0; attempt < attempts; attempt++) {
      orderId = await unlessGivenUp(sales, keyed, orderId)
      const again = orderId !== undefined
      orderId ??= await pendingOrder(sales, keyed, placing, provider)
      const reply = await reserveBooks(sales, keyed, { orderId, again })
      if (reply) return reply
    }
    throw unavailable('The catalog is too slow to reserve these books.')
  })
}
