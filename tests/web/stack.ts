import type { TestCluster } from '../support/postgres.ts'
import { type ShopOptions, startShop, type TestShop } from '../support/shop.ts'
import { type Edge, startEdge } from './edge.ts'

export interface Stack {
  shop: TestShop
  edge: Edge
  close(): Promise<void>
}

/** The whole shop with its seed and a TLS edge. */
export async function startStack(cluster: TestCluster, env: ShopOptions['env'] = {}): Promise<Stack> {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  const shop = await startShop(cluster, { services, seed: true, env })
  const edge = await startEdge(shop)
  return {
    shop,
    edge,
    close: async () => {
      await edge.close()
      await shop.close()
    },
  }
}
