import { z } from 'zod'
import type { Api } from './api.ts'
import { money, page } from './schemas.ts'

export interface Line {
  bookId: string
  quantity: number
}

/** What the web asks of a cart's answer is only which lines it holds: prices and stock are read from the catalogue. */
const cart = z.object({ lines: z.array(z.object({ bookId: z.string(), quantity: z.number().int() })) })

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

const orderLine = z.object({
  bookId: z.string(),
  title: z.string(),
  author: z.string().default(''),
  quantity: z.number().int(),
  unitPrice: money,
})

const order = z.object({
  id: z.string(),
  status: z.enum(statuses),
  lines: z.array(orderLine),
  total: money,
  createdAt: z.string().optional(),
  delivery: z
    .object({
      provider: z.unknown().optional(),
      address: address.optional(),
      price: money.optional(),
      tracking: z.string().nullish(),
    })
    .optional(),
  timeline: z.array(z.object({ status: z.string(), at: z.string() })).default([]),
})
export type Order = z.output<typeof order>

const provider = z.object({ id: z.string(), name: z.string(), coverage: z.unknown().optional(), price: money })
export type Provider = z.output<typeof provider>

export async function readCart(api: Api): Promise<Line[]> {
  return (await api.ask('GET', '/sales/cart', cart)).body.lines
}

export async function writeCart(api: Api, lines: readonly Line[]): Promise<void> {
  await api.ask('PUT', '/sales/cart', z.unknown(), { body: { lines } })
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
