import { z } from 'zod'
import { BookstoreError } from '../engine/errors.ts'
import type { Address, Resource } from '../engine/resource.ts'
import { itemAddress } from './address.ts'
import type { Facts, Host } from './host.ts'
import type { ItemKind } from './item.ts'
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

/**
 * The resources behind a manifest, in its order, without those that this machine cannot have; who depends on such a one
 * does without it. @throws BookstoreError 'manifest-invalid'.
 */
export function resourcesOf({ items }: Manifest, host: Host): readonly Resource[] {
  const all = items.map((item) => ({ item, ...understand(item) }))
  const unfit = new Set(all.filter((each) => fits(each, host.facts) !== true).map(({ item }) => addressOf(item)))
  const fitting = all.filter(({ item }) => !unfit.has(addressOf(item)))
  return fitting.map(({ item, kind, spec }) => {
    const dependsOn = item.dependsOn.filter((dependency) => !unfit.has(dependency))
    return kind.resource({ address: addressOf(item), label: item.label, dependsOn }, spec, host)
  })
}

/** What is to be said of items that this machine cannot have. */
export function notesOf({ items }: Manifest, facts: Facts): readonly string[] {
  return items.flatMap((item) => {
    const answer = fits(understand(item), facts)
    return answer === true || answer.note === undefined ? [] : [answer.note]
  })
}

/**
 * Items of an earlier manifest that are no part of this one. One whose name now means something else gets another name.
 * One that this agent does not understand, as a later release may have left it, is passed over.
 */
export function itemsGone(earlier: Manifest | undefined, wanted: Manifest): readonly Item[] {
  const things = new Set(wanted.items.map(thingOf))
  const names = new Set(wanted.items.map(addressOf))
  return (earlier?.items ?? [])
    .filter((item) => isKnown(item) && !things.has(thingOf(item)))
    .map((item) => (names.has(addressOf(item)) ? { ...item, name: `${item.name} of before` } : item))
}

interface Understood {
  kind: ItemKind
  spec: unknown
}

function understand({ kind: name, spec, name: item }: Item): Understood {
  const kind = kinds.find((each) => each.kind === name)
  if (!kind) throw invalid(`nothing is known about items of the kind '${name}'`)
  const parsed = kind.schema.safeParse(spec)
  if (!parsed.success) throw invalid(`${name}/${item}: ${z.prettifyError(parsed.error)}`)
  return { kind, spec: parsed.data }
}

function isKnown({ kind: name, spec }: Item): boolean {
  return kinds.find((each) => each.kind === name)?.schema.safeParse(spec).success === true
}

function fits({ kind, spec }: Understood, facts: Facts) {
  return kind.fits?.(spec, facts) ?? true
}

function thingOf(item: Item): string {
  const { kind, spec } = understand(item)
  return `${kind.kind}:${kind.identity?.(spec) ?? item.name}`
}

function addressOf({ kind, name }: Item): Address {
  return itemAddress(kind, name)
}

function invalid(why: string): BookstoreError {
  return new BookstoreError(`The agent on the machine does not understand what it was told: ${why}`, {
    code: 'manifest-invalid',
    fault: 'bug',
    hint: 'Run the same command again with the bookstore that last changed this machine, or a newer one.',
  })
}
