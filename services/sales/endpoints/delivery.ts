import { type Endpoint, endpoint, ok } from '../../kit/endpoint.ts'
import { deliveryProviders, priceOf } from '../entities/delivery-provider.ts'
import type { Sales } from '../logic/context.ts'
import { providersView } from '../schemas.ts'

export function deliveryEndpoints({ currency }: Sales): Endpoint[] {
  const items = deliveryProviders.map((provider) => {
    const { id, name, coverage } = provider
    return { id, name, coverage, price: priceOf(provider, currency) }
  })
  return [
    endpoint({
      method: 'get',
      path: '/sales/delivery-providers',
      summary: 'Who delivers, where, and for how much',
      access: 'public',
      responses: { 200: providersView },
      handle: () => ok({ items }, { 'cache-control': 'public, max-age=300' }),
    }),
  ]
}
