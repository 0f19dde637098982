import { BookstoreError } from '../../engine/errors.ts'
import { type Message, type RecordType, types } from '../message/types.ts'
import { isWithin, parentOf, upwards } from '../names.ts'
import { type Asking, ask, recordsOf } from './ask.ts'
import { type DnsView, type NameServer, resolversOf } from './view.ts'

export interface Authority {
  zone: string
  /** Every address of every server that the zone is delegated to. Never empty. */
  servers: readonly NameServer[]
}

/**
 * The zone of a name and its authoritative servers: as given in the view, else as the parent zone delegates it, since
 * that is where the rest of the world looks. Where no server of the parent answers, what the zone says of itself.
 *
 * @throws BookstoreError 'zone-not-found', 'dns-silent', 'dns-answer'.
 */
export async function authorityOf(name: string, view: DnsView, asking: Asking): Promise<Authority> {
  for (const zone of upwards(name)) {
    const servers = view.zones?.[zone] ?? []
    if (servers.length > 0) return { zone, servers }
  }
  const zone = await zoneOf(name, view, asking)
  const names = await delegation(zone, view, asking)
  const servers = (await Promise.all(names.map((server) => addressesOf(server, view, asking)))).flat()
  if (servers.length === 0) throw notFound(zone, 'none of its name servers has an address')
  return { zone, servers }
}

/** Asks the first resolver that answers. */
export async function resolve(name: string, type: RecordType, view: DnsView, asking: Asking): Promise<Message> {
  let failure: unknown = notFound(name, 'this computer knows no resolver')
  for (const resolver of resolversOf(view)) {
    try {
      return await ask(resolver, name, type, { ...asking, recurse: true })
    } catch (error) {
      asking.signal.throwIfAborted()
      failure = error
    }
  }
  throw failure
}

/**
 * The absence of a record is proven with the SOA of the zone (RFC 2308, section 3). A CNAME is what no zone has at its
 * top, and what no resolver follows when it is asked for it; where one stands, the name above is asked.
 */
async function zoneOf(name: string, view: DnsView, asking: Asking): Promise<string> {
  for (const candidate of upwards(name)) {
    const { authority } = await resolve(candidate, 'CNAME', view, asking)
    const found = authority.find((record) => record.type === types.SOA && isWithin(candidate, record.name))
    if (found) return found.name
  }
  throw notFound(name, 'no zone above it answers')
}

async function delegation(zone: string, view: DnsView, asking: Asking): Promise<string[]> {
  const above = parentOf(zone)
  const parent = above === undefined ? [] : await parentServers(above, view, asking).catch(nobody)
  for (const server of parent) {
    const found = await ask(server, zone, 'NS', asking).catch(() => undefined)
    asking.signal.throwIfAborted()
    const names = found && recordsOf([...found.answers, ...found.authority], zone, 'NS').map(({ value }) => value)
    if (names && names.length > 0) return names
  }
  const { answers } = await resolve(zone, 'NS', view, asking)
  const names = recordsOf(answers, zone, 'NS').map(({ value }) => value)
  if (names.length === 0) throw notFound(zone, 'it is not delegated to any name server')
  return names
}

/** A zone of one's own may have no parent that anybody knows of. */
function nobody(error: unknown): [] {
  if ((error as { code?: string }).code === 'zone-not-found') return []
  throw error
}

/** A few are enough: they all say the same. */
async function parentServers(above: string, view: DnsView, asking: Asking): Promise<NameServer[]> {
  const zone = await zoneOf(above, view, asking)
  const { answers } = await resolve(zone, 'NS', view, asking)
  const names = recordsOf(answers, zone, 'NS').map(({ value }) => value)
  const found = await Promise.all(names.slice(0, 3).map((server) => addressesOf(server, view, asking)))
  return found.flat()
}

async function addressesOf(name: string, view: DnsView, asking: Asking): Promise<NameServer[]> {
  const found = await Promise.all((['A', 'AAAA'] as const).map((type) => resolve(name, type, view, asking)))
  const records = found.flatMap(({ answers }) => [
    ...recordsOf(answers, name, 'A'),
    ...recordsOf(answers, name, 'AAAA'),
  ])
  return records.map(({ value }) => ({ name, address: value, port: 53 }))
}

function notFound(name: string, why: string): BookstoreError {
  return new BookstoreError(`The zone of ${name} cannot be found: ${why}.`, {
    code: 'zone-not-found',
    fault: 'user',
    hint: `Check that the domain is registered and delegated: dig NS ${name}`,
    details: { name },
  })
}
