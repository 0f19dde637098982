import { type Endpoint, endpoint, ok } from '../../kit/endpoint.ts'
import { deliveryProviders, priceOf } from '../entities/delivery-provider.ts'
import type { Sales } from '../logic/context.ts'
import { providersView } from '../schemas.ts'

export function deliveryEndpoints({ currency }: Sales): Endpoint[] {
  const items = deliveryProviders.map((provider) => {
    const { id, name, coverage, days } = provider
    return { id, name, coverage, price: priceOf(provider, currency), days }
  })
  return [
    endpoint({
      method: 'get',
      path: '/sales/delivery-providers',
      summary: 'Who delivers, where, for how much, and in how many days',
      access: 'public',
      responses: { 200: providersView },
      handle: () => ok({ items }, { 'cache-control': 'public, max-age=300' }),
    }),
  ]
}
