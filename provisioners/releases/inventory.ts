import { z } from 'zod'
import { BookstoreError } from '../engine/errors.ts'

/** What a machine has of releases: data that it sends to the operator. */
export interface Inventory {
  /** As Node on the machine calls it. */
  architecture: string
  /** Ids of the releases that are whole. */
  releases: readonly string[]
  /** Short digests of runtimes and agents. */
  runtimes: readonly string[]
  agents: readonly string[]
  /** SHA-256 of every file that need not be sent again, among them those of an upload that was cut short. */
  files: readonly string[]
}

const inventory = z.strictObject({
  architecture: z.string(),
  releases: z.array(z.string()),
  runtimes: z.array(z.string()),
  agents: z.array(z.string()),
  files: z.array(z.string()),
})

/** @throws BookstoreError 'inventory-invalid'. */
export function parseInventory(value: unknown): Inventory {
  const parsed = inventory.safeParse(value)
  if (parsed.success) return parsed.data
  throw new BookstoreError(`The machine's list of releases is not understood: ${z.prettifyError(parsed.error)}`, {
    code: 'inventory-invalid',
    fault: 'bug',
    hint: 'Run the same command again with the bookstore that last changed this machine, or a newer one.',
  })
}
