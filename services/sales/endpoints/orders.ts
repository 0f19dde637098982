import { z } from 'zod'
import { type Endpoint, endpoint, ok, principalOf } from '../../kit/endpoint.ts'
import { idempotencyKey } from '../../kit/idempotency.ts'
import { decodeCursor, pageOf, pageQuery, toPage } from '../../kit/page.ts'
import { cancelOrder } from '../logic/cancel.ts'
import type { Sales } from '../logic/context.ts'
import { ownOrder } from '../logic/own-order.ts'
import { placeOrder } from '../logic/place-order.ts'
import { viewOrder, viewOrders } from '../logic/view.ts'
import { listOrders } from '../repositories/orders.ts'
import { orderBody, orderView } from '../schemas.ts'

export const orderParams = z.object({ id: z.uuid() })
const cursorOf = z.tuple([z.iso.datetime(), z.uuid()])

/** A page of the buyer's own orders, latest first. */
async function ordersPage(sales: Sales, buyerId: string, query: { cursor?: string | undefined; limit: number }) {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, cursorOf)
  const rows = await listOrders(sales.db, buyerId, { after, limit: query.limit + 1 })
  const { items, next } = toPage(
    rows,
    query.limit,
    (order) => order,
    ({ createdAt, id }) => [createdAt.toISOString(), id],
  )
  return { items: await viewOrders(sales.db, items), next }
}

export function orderEndpoints(sales: Sales): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/sales/orders',
      summary: 'Places an order and reserves its books',
      access: 'bearer',
      requestHeaders: ['Idempotency-Key'],
      body: orderBody,
      responses: { 201: orderView },
      problems: {
        400: ['idempotency-key-missing'],
        401: ['unauthenticated'],
        404: ['not-found'],
        409: ['out-of-stock', 'request-in-flight', 'order-cancelled', 'account-closing'],
        422: ['invalid-body', 'not-delivered-there', 'unknown-delivery-provider', 'own-book', 'idempotency-key-reused'],
        503: ['unavailable'],
      },
      handle: (request) => {
        const { userId: buyerId } = principalOf(request)
        return placeOrder(sales, { buyerId, key: idempotencyKey(request), body: request.body })
      },
    }),
    endpoint({
      method: 'get',
      path: '/sales/orders',
      summary: 'Own orders, latest first',
      access: 'bearer',
      query: z.strictObject(pageQuery),
      responses: { 200: pageOf(orderView) },
      problems: { 400: ['invalid-cursor', 'invalid-query'], 401: ['unauthenticated'] },
      handle: async (request) => ok(await ordersPage(sales, principalOf(request).userId, request.query)),
    }),
    endpoint({
      method: 'get',
      path: '/sales/orders/:id',
      summary: 'An order of one’s own, with its timeline',
      access: 'bearer',
      params: orderParams,
      responses: { 200: orderView },
      problems: { 401: ['unauthenticated'], 404: ['not-found'] },
      handle: async (request) => {
        const order = await ownOrder(sales.db, request.params.id, principalOf(request).userId)
        return ok(await viewOrder(sales.db, order))
      },
    }),
    endpoint({
      method: 'post',
      path: '/sales/orders/:id/cancel',
      summary: 'Cancels an order that is not on its way; what was paid is given back',
      access: 'bearer',
      params: orderParams,
      responses: { 200: orderView },
      problems: { 401: ['unauthenticated'], 404: ['not-found'], 409: ['payment-in-progress', 'too-late'] },
      handle: async (request) => ok(await cancelOrder(sales, request.params.id, principalOf(request).userId)),
    }),
  ]
}
