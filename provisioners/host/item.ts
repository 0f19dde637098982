import type { z } from 'zod'
import type { Address, Resource } from '../engine/resource.ts'
import type { Facts, Host } from './host.ts'

/** What every item of a manifest has. */
export interface ItemBase {
  address: Address
  label: string
  dependsOn: readonly Address[]
}

/**
 * A kind of thing that a machine can have: one file in `items/`. `schema` checks what a manifest says about it;
 * `resource` makes it a resource of the engine, so that planning, order, events, and a second run that changes nothing
 * are the same as everywhere.
 *
 * - `read` finds our own thing and changes nothing; it also runs as part of `plan`, on machines where nothing is
 *   installed yet: a missing program is an absence, not an error.
 * - `delete` takes away what we put there and nothing else.
 */
export interface ItemKind<Spec = unknown> {
  kind: string
  schema: z.ZodType<Spec>
  resource(base: ItemBase, spec: Spec, host: Host): Resource
  /**
   * What it is on the machine, such as its path. An item that only got another name is not taken away, and one that kept
   * its name but became another thing is. Its name by default.
   */
  identity?(spec: Spec): string
  /** Whether this machine can and should have it; if not, what to say about that, if anything. */
  fits?(spec: Spec, facts: Facts): true | { note?: string }
}

/** Ties `schema` and `resource` together, and forgets the type so that kinds fit in one list. */
export function itemKind<Spec>(kind: ItemKind<Spec>): ItemKind {
  return kind as unknown as ItemKind
}
