import { type Endpoint, endpoint, ok, principalOf } from '../../kit/endpoint.ts'
import { readCart, writeCart } from '../logic/cart.ts'
import type { Sales } from '../logic/context.ts'
import { cartBody, cartView } from '../schemas.ts'

export function cartEndpoints(sales: Sales): Endpoint[] {
  const common = { path: '/sales/cart', access: 'bearer', responses: { 200: cartView } } as const
  return [
    endpoint({
      ...common,
      method: 'get',
      summary: 'The cart, with the prices of now and what is no longer to be had',
      problems: { 401: ['unauthenticated'], 503: ['unavailable'] },
      handle: async (request) => ok(await readCart(sales, principalOf(request).userId)),
    }),
    endpoint({
      ...common,
      method: 'put',
      summary: 'Replaces the cart',
      body: cartBody,
      problems: { 401: ['unauthenticated'], 409: ['account-closing'], 422: ['invalid-body'], 503: ['unavailable'] },
      handle: async (request) => ok(await writeCart(sales, principalOf(request).userId, request.body.lines)),
    }),
  ]
}
