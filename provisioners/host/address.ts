import type { Address } from '../engine/resource.ts'

/** How an item of a manifest is called by those that depend on it, and in plans and events. */
export function itemAddress(kind: string, name: string): Address {
  return `host.${kind}/${name}`
}
