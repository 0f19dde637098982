import type { DnsProvider } from '../../dns/provider.ts'
import { changeOf, differs, freely } from '../../engine/define.ts'
import type { Resource } from '../../engine/resource.ts'
import type { ElasticIp } from '../elastic-ip/elastic-ip.ts'
import type { Seen } from '../resource.ts'

/** What stands in a plan where the address does not exist yet. */
const newAddress = '(the new address)'

/**
 * A name that leads to the machine's address, at whoever keeps the zone. It is taken away again only while it leads
 * there: a name that was moved elsewhere meanwhile is not ours any more.
 */
export function nameRecord(provider: DnsProvider, name: string, target: Seen<ElasticIp>): Resource {
  const wanted = () => [target.seen()?.ip ?? newAddress]
  const resource: Resource<readonly string[], readonly string[]> = {
    address: `dns.a/${name}`,
    label: `${name} A`,
    dependsOn: [target.address],
    desired: wanted,
    read: async (ctx) => {
      const found = await provider.addresses(name, 'A', ctx)
      return found.length === 0 ? undefined : found.toSorted()
    },
    diff: (desired, actual) => changeOf(differs('addresses', actual, desired)),
    async create(desired, ctx) {
      await provider.setAddresses(name, 'A', desired, ctx)
      return desired
    },
    async update(desired, _, ctx) {
      await provider.setAddresses(name, 'A', desired, ctx)
      return desired
    },
    async delete(actual, ctx) {
      if (JSON.stringify(actual) === JSON.stringify(wanted())) await provider.setAddresses(name, 'A', [], ctx)
    },
    detail: (found) => found.join(', '),
    cost: () => freely,
  }
  return resource as Resource
}
