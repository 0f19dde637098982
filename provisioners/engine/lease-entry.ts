import { randomUUID } from 'node:crypto'
import { BookstoreError, exit } from './errors.ts'
import { identify, type ProcessIdentity } from './process-identity.ts'
import type { Clock } from './resource.ts'

/** How often who holds a lease says that they are still at work, in milliseconds. */
export const renewEveryMs = 15_000
/** After its last renewal; then anybody may take it over. */
export const expiresAfterMs = 60_000

/** Who holds a lease, wherever it is written. */
export interface LeaseEntry {
  token: string
  verb: string
  owner: ProcessIdentity
  /** ISO 8601 */
  since: string
  renewed: string
  released: boolean
}

export async function newEntry(verb: string, clock: Clock, pid = process.pid): Promise<LeaseEntry> {
  const now = clock.now().toISOString()
  return { token: randomUUID(), verb, owner: await identify(pid), since: now, renewed: now, released: false }
}

/** Undefined for what is damaged, as a power cut may leave it. */
export function parseEntry<E extends LeaseEntry>(text: string): E | undefined {
  try {
    return JSON.parse(text) as E
  } catch {
    return undefined
  }
}

export const holderOf = ({ verb, owner }: LeaseEntry): string =>
  `'bookstore ${verb}' (process ${owner.pid} on ${owner.host})`

export function leaseBusy(entry: LeaseEntry): BookstoreError {
  const { verb, owner, since } = entry
  return new BookstoreError(
    `'bookstore ${verb}' is at work on this shop: process ${owner.pid} on ${owner.host}, since ${since}.`,
    {
      code: 'busy',
      fault: 'user',
      status: exit.busy,
      hint: 'Wait until it has ended, then run the same command again.',
      details: { verb, pid: owner.pid, host: owner.host, since },
    },
  )
}

/** @param by Who has it now; undefined when nobody has. */
export function leaseLost(by: LeaseEntry | undefined): BookstoreError {
  const how = by ? `${holderOf(by)} took it over` : 'it is gone'
  return new BookstoreError(`The lease of this shop was lost: ${how}.`, {
    code: 'lease-lost',
    fault: 'remote',
    hint: 'Run the same command again when the other has ended.',
  })
}
