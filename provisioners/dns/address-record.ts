import { changeOf, define, differs, freely } from '../engine/define.ts'
import type { Resource } from '../engine/resource.ts'
import type { AddressType, DnsProvider } from './provider.ts'

/** A name that leads to the shop. Records of other types at that name are left alone. */
export function addressRecord(
  provider: DnsProvider,
  name: string,
  type: AddressType,
  addresses: readonly string[],
): Resource {
  const wanted = [...addresses].sort()
  return define<readonly string[], readonly string[]>({
    address: `dns.${type.toLowerCase()}/${name}`,
    label: `${name} ${type}`,
    dependsOn: [],
    desired: () => wanted,
    read: async (ctx) => {
      const found = await provider.addresses(name, type, ctx)
      return found.length === 0 ? undefined : [...found].sort()
    },
    diff: (desired, actual) => changeOf(differs('addresses', actual, desired)),
    ensure: async (desired, _, ctx) => {
      await provider.setAddresses(name, type, desired, ctx)
      return desired
    },
    remove: (_, ctx) => provider.setAddresses(name, type, [], ctx),
    detail: (found) => found.join(', '),
    cost: () => freely,
  }) as Resource
}
