import { z } from 'zod'
import type { Api } from './api.ts'
import { cover, money, page } from './schemas.ts'

export interface Line {
  bookId: string
  quantity: number
}

const cartLine = z.object({
  bookId: z.string(),
  quantity: z.number().int(),
  /** `short`: fewer than `quantity` are left; `gone`: not on sale any more. */
  state: z.enum(['available', 'short', 'gone', 'price-changed']),
  available: z.number().int(),
  title: z.string().nullable(),
  author: z.string().nullable(),
  cover: cover.nullish().catch(null),
  unitPrice: money.nullable(),
  priceWhenAdded: money.nullish(),
})
export type CartLine = z.output<typeof cartLine>

const cart = z.object({ lines: z.array(cartLine) })

export const statuses = [
  'pending',
  'reserved',
  'paying',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
] as const
export type Status = (typeof statuses)[number]

export const address = z.object({
  name: z.string(),
  street: z.string(),
  city: z.string(),
  region: z.string(),
  postalCode: z.string(),
  country: z.string(),
})
export type Address = z.output<typeof address>

export const orderLine = z.object({
  bookId: z.string(),
  title: z.string().nullable(),
  author: z.string().nullable(),
  quantity: z.number().int(),
  unitPrice: money.nullable(),
  seller: z.object({ name: z.string() }).nullish(),
  /** When its seller handed it to the courier. */
  shippedAt: z.string().nullish(),
})

const order = z.object({
  id: z.string(),
  /** For people: shorter than the id. */
  number: z.string(),
  status: z.enum(statuses),
  lines: z.array(orderLine),
  itemsTotal: money.nullable(),
  total: money.nullable(),
  delivery: z.object({
    provider: z.object({ id: z.string(), name: z.string() }),
    price: money,
    address,
    trackingCode: z.string().nullable(),
    estimatedOn: z.string().nullable(),
  }),
  /** Until when the books stay set aside. */
  expiresAt: z.string().nullable(),
  createdAt: z.string(),
  timeline: z.array(z.object({ at: z.string(), event: z.string(), detail: z.string().optional() })),
})
export type Order = z.output<typeof order>

const provider = z.object({
  id: z.string(),
  name: z.string(),
  coverage: z.union([z.array(z.string()), z.literal('worldwide')]),
  price: money,
  /** From payment to the door. */
  days: z.number(),
})
export type Provider = z.output<typeof provider>

export async function readCart(api: Api): Promise<CartLine[]> {
  return (await api.ask('GET', '/sales/cart', cart)).body.lines
}

export async function writeCart(api: Api, lines: readonly Line[]): Promise<CartLine[]> {
  const body = { lines: lines.map(({ bookId, quantity }) => ({ bookId, quantity })) }
  return (await api.ask('PUT', '/sales/cart', cart, { body })).body.lines
}

export async function deliveryProviders(api: Api): Promise<Provider[]> {
  return (await api.ask('GET', '/sales/delivery-providers', z.object({ items: z.array(provider) }))).body.items
}

/** @throws ApiProblem 409 out-of-stock; 422 when `key` was used for another order. */
export async function placeOrder(
  api: Api,
  key: string,
  wanted: { lines: readonly Line[]; deliveryProvider: string; address: Address },
): Promise<Order> {
  const headers = { 'idempotency-key': key }
  return (await api.ask('POST', '/sales/orders', order, { body: wanted, headers, timeoutMs: 20_000 })).body
}

/** `settled` is false when the outcome is not known yet. @throws ApiProblem 402 declined */
export async function payOrder(
  api: Api,
  key: string,
  id: string,
  token: string,
): Promise<{ order: Order; settled: boolean }> {
  const { status, body } = await api.ask('POST', `/sales/orders/${encodeURIComponent(id)}/payment`, order, {
    body: { method: { type: 'card', token } },
    headers: { 'idempotency-key': key },
    timeoutMs: 25_000,
  })
  return { order: body, settled: status !== 202 }
}

export async function cancelOrder(api: Api, id: string): Promise<Order> {
  return (await api.ask('POST', `/sales/orders/${encodeURIComponent(id)}/cancel`, order)).body
}

/** @throws ApiProblem 404, also for somebody else's. */
export async function findOrder(api: Api, id: string): Promise<Order> {
  return (await api.ask('GET', `/sales/orders/${encodeURIComponent(id)}`, order)).body
}

export async function listOrders(
  api: Api,
  query: { cursor?: string; limit?: string },
): Promise<{ items: Order[]; next: string | null }> {
  return (await api.ask('GET', '/sales/orders', page(order), { query })).body
}
