import type { Context } from '../engine/resource.ts'

export type AddressType = 'A' | 'AAAA'

/**
 * Somebody who keeps the records of zones and lets us change them.
 *
 * - Names are whole ('_acme-challenge.example.com'), in any case, with or without a dot at the end.
 * - Every call is idempotent, and may be repeated after it was killed or its answer was lost.
 * - `addTxt` leaves every other value of the name as it is, also with a provider that keeps one record set a name;
 *   `removeTxt` removes one value and leaves the others. What was not there is removed successfully.
 * - Calls about one name run one after the other, in the order in which they were made, within one process. Two
 *   processes that write at one name are kept apart by a lease; route53 and rfc2136 lose no value without it too.
 * - A call resolves when the provider has accepted the change. Ask the authoritative servers when it is shown
 *   (authoritative.ts). `manual` accepts at once and tells the operator by an event what to do.
 * - Aborting the context's signal ends a call with the signal's reason; the change may have been made or not.
 * - Errors: BookstoreError 'zone-not-found', 'dns-refused' (credentials or permissions), 'rate-limited' (`details`
 *   has `retryAt`, ISO 8601), 'dns-unreachable', 'dns-failed'. None of them holds a secret.
 */
export interface DnsProvider {
  readonly name: string
  /** True when a person makes the records: nothing can be renewed unattended. */
  readonly byHand: boolean
  /** How long after a change all authoritative servers should show it, in ms. */
  readonly patienceMs: number
  /** The zone of this account that holds `name`: 'example.com'. */
  findZone(name: string, ctx: Context): Promise<string>
  /** Names of the servers that the zone has to be delegated to; only where the provider says so. */
  nameServers?(zone: string, ctx: Context): Promise<readonly string[]>
  addTxt(name: string, value: string, ctx: Context): Promise<void>
  removeTxt(name: string, value: string, ctx: Context): Promise<void>
  /** The addresses that stand there, in no order; empty when there are none. */
  addresses(name: string, type: AddressType, ctx: Context): Promise<readonly string[]>
  /** Makes these the only addresses of that type; none removes them. TTL in seconds. */
  setAddresses(name: string, type: AddressType, addresses: readonly string[], ctx: Context): Promise<void>
}

/** Seconds. Challenges live for minutes only, and some servers keep what they have once read. */
export const challengeTtl = 60
/** Seconds. Short enough to move a shop within minutes. */
export const addressTtl = 300
