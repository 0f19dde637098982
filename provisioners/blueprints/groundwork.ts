import type { Address } from '../engine/resource.ts'
import { itemAddress } from '../host/address.ts'
import type { Manifest } from '../host/manifest.ts'

/** What needs a release, and what may need something that is still being made elsewhere, or fail for reasons of others. */
const later: readonly string[] = ['shop', 'certificate', 'mount']

/**
 * What a machine can be made while its first release is on its way: everything but shop, certificate and what is mounted, and what depends
 * on them. It is a manifest too, which the whole one adds to.
 */
export function groundwork(manifest: Manifest): Manifest {
  const left = new Set<Address>()
  // Those that an item depends on may come behind it.
  for (let before = -1; before < left.size; ) {
    before = left.size
    for (const { kind, name, dependsOn } of manifest.items) {
      if (later.includes(kind) || dependsOn.some((each) => left.has(each))) left.add(itemAddress(kind, name))
    }
  }
  return { ...manifest, items: manifest.items.filter(({ kind, name }) => !left.has(itemAddress(kind, name))) }
}
