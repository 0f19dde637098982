import { z } from 'zod'
import { BookstoreError } from '../engine/errors.ts'
import type { Address, Resource } from '../engine/resource.ts'
import { itemAddress } from './address.ts'
import type { Host } from './host.ts'
import { kinds } from './items/index.ts'

/** One thing that the machine shall have. The address is `host.<kind>/<name>`. */
export interface Item {
  kind: string
  name: string
  label: string
  dependsOn: readonly Address[]
  /** As the kind's schema has it. No secret. */
  spec: unknown
}

/**
 * All that a machine shall be, as data. `provisioners/blueprints/vm.ts` writes it on the operator's side; the agent
 * reads it, and keeps it, so that an item that is gone from the next one is taken away.
 */
export interface Manifest {
  /** Of this format. An agent refuses another one than its own. */
  format: 1
  stack: string
  items: readonly Item[]
}

const address = z.templateLiteral([z.string(), '/', z.string()]) as unknown as z.ZodType<Address>

const manifest = z.strictObject({
  format: z.literal(1),
  stack: z.string().min(1),
  items: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string().min(1),
      label: z.string().min(1),
      dependsOn: z.array(address),
      spec: z.unknown(),
    }),
  ),
})

/** @throws BookstoreError 'manifest-invalid': this agent and the one who wrote it are of different releases. */
export function parseManifest(value: unknown): Manifest {
  const parsed = manifest.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(z.prettifyError(parsed.error))
}

/** The resources behind a manifest, in its order. @throws BookstoreError 'manifest-invalid'. */
export function resourcesOf({ items }: Manifest, host: Host): readonly Resource[] {
  return items.map((item) => resourceOf(item, host))
}

function resourceOf({ kind: name, spec, ...item }: Item, host: Host): Resource {
  const kind = kinds.find((each) => each.kind === name)
  if (!kind) throw invalid(`nothing is known about items of the kind '${name}'`)
  const parsed = kind.schema.safeParse(spec)
  if (!parsed.success) throw invalid(`${name}/${item.name}: ${z.prettifyError(parsed.error)}`)
  const base = { address: itemAddress(name, item.name), label: item.label, dependsOn: item.dependsOn }
  return kind.resource(base, parsed.data, host)
}

function invalid(why: string): BookstoreError {
  return new BookstoreError(`The agent on the machine does not understand what it was told: ${why}`, {
    code: 'manifest-invalid',
    fault: 'bug',
    hint: 'Run the same command again with the bookstore that last changed this machine, or a newer one.',
  })
}
