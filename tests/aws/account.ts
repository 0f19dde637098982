import type { Account } from '../lab/aws/dump.ts'

/** The emulator keeps the interfaces of machines that were terminated, and takes no tags for them. */
type Counted = Exclude<keyof Account, 'network-interface'>

/** How many of each kind there are, of those that there are. */
export function counts(account: Account): Partial<Record<Counted, number>> {
  const found = Object.entries(account).filter(([kind, all]) => kind !== 'network-interface' && all.length > 0)
  return Object.fromEntries(found.map(([kind, all]) => [kind, all.length])) as Partial<Record<Counted, number>>
}

/** What one shop is made of. */
export const oneShop = {
  address: 1,
  alarm: 6,
  bucket: 1,
  instance: 1,
  'instance-profile': 1,
  'key-pair': 1,
  parameter: 2,
  role: 1,
  'security-group': 1,
  volume: 1,
}
