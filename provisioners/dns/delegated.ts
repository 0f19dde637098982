import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { isWithin, plainName } from './names.ts'
import type { DnsProvider } from './provider.ts'
import { ask, recordsOf } from './query/ask.ts'
import { authorityOf } from './query/servers.ts'
import type { DnsView, NameServer } from './query/view.ts'

/** The zone of a name as the world finds it. */
export interface Delegation {
  zone: string
  /** Names of its servers, as the parent zone has them; sorted. */
  servers: readonly string[]
}

/**
 * Whether the world is led to the zone that the provider keeps: the parent zone names servers, each of them serves the
 * zone, and they are the provider's where it says which those are.
 *
 * @throws BookstoreError 'not-delegated', 'zone-not-found', 'dns-silent', 'dns-answer', and what the provider throws.
 */
export async function checkDelegation(
  name: string,
  provider: DnsProvider,
  view: DnsView,
  ctx: Context,
): Promise<Delegation> {
  const plain = plainName(name)
  const [kept, { zone, servers }] = await Promise.all([
    provider.byHand ? undefined : keptBy(provider, plain, ctx),
    authorityOf(plain, view, ctx),
  ])
  const names = [...new Set(servers.map(({ name }) => plainName(name)))].sort()
  const wanted = kept?.servers
  // A name that nobody has registered is found in the zone above, and so is a zone that nobody has delegated.
  if (kept ? kept.zone !== zone : !zone.includes('.')) throw notDelegated(kept?.zone ?? plain, zone, wanted)
  if (wanted && !same(wanted, names)) throw elsewhere(zone, names, wanted, provider.name)
  const lame = await lameServers(zone, servers, ctx)
  if (lame.length > 0) throw notServed(zone, lame)
  return { zone, servers: names }
}

async function keptBy(provider: DnsProvider, name: string, ctx: Context) {
  const zone = await provider.findZone(name, ctx)
  const servers = (await provider.nameServers?.(zone, ctx))?.map(plainName).sort()
  return { zone: plainName(zone), servers }
}

/** Those that answer at none of their addresses with authority. A server that cannot be reached from here is one. */
async function lameServers(zone: string, servers: readonly NameServer[], { signal }: Context): Promise<string[]> {
  const looks = await Promise.all(
    servers.map(async (server) => {
      const answer = await ask(server, zone, 'SOA', { signal }).catch(() => undefined)
      signal.throwIfAborted()
      const good = answer?.authoritative === true && recordsOf(answer.answers, zone, 'SOA').length > 0
      return { name: server.name, good }
    }),
  )
  const good = new Set(looks.filter((look) => look.good).map(({ name }) => name))
  return [...new Set(looks.map(({ name }) => name))].filter((name) => !good.has(name)).sort()
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}

function notDelegated(name: string, found: string, wanted: readonly string[] | undefined): BookstoreError {
  const above = isWithin(name, found) && found !== '' ? found : 'the root'
  return new BookstoreError(`${name} is not delegated: ${above} knows no name servers of it.`, {
    code: 'not-delegated',
    fault: 'user',
    hint:
      wanted === undefined
        ? `Register the domain, and have its name servers set at the registrar: dig NS ${name}`
        : `Set these name servers at the registrar: ${wanted.join(', ')}`,
    details: { name, found },
  })
}

function elsewhere(
  zone: string,
  found: readonly string[],
  wanted: readonly string[],
  provider: string,
): BookstoreError {
  return new BookstoreError(
    `${zone} is delegated to ${found.join(', ')}; the zone at ${provider} is served by ${wanted.join(', ')}.`,
    {
      code: 'not-delegated',
      fault: 'user',
      hint: `Set these name servers at the registrar, and no others: ${wanted.join(', ')}`,
      details: { zone, found, wanted },
    },
  )
}

function notServed(zone: string, lame: readonly string[]): BookstoreError {
  return new BookstoreError(`${zone} is delegated to servers that do not serve it: ${lame.join(', ')}.`, {
    code: 'not-delegated',
    fault: 'user',
    hint: `Have the zone served there, or take them out of the delegation: dig SOA ${zone} @${lame[0]}`,
    details: { zone, lame },
  })
}
