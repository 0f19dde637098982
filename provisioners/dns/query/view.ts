import { getServers } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP, isIPv6 } from 'node:net'
import type { Endpoint } from './endpoint.ts'

export interface NameServer extends Endpoint {
  /** As the zone names it: 'ns1.example.net'. Several addresses of one server are several entries. */
  name: string
}

/** How we look at the DNS from here. Everything is found out where it is left out. */
export interface DnsView {
  /** Servers of zones that the rest of the world finds in another way, or not at all: split horizon, a lab. */
  zones?: Readonly<Record<string, readonly NameServer[]>>
  /** Resolvers that find out the rest; those of this computer by default. */
  resolvers?: readonly Endpoint[]
}

export function resolversOf(view: DnsView): readonly Endpoint[] {
  return view.resolvers ?? getServers().map(parseEndpoint)
}

/** Reads '192.0.2.1', '192.0.2.1:5353', '2001:db8::1' and '[2001:db8::1]:5353', as node:dns writes them. */
export function parseEndpoint(text: string): Endpoint {
  if (isIP(text)) return { address: text, port: 53 }
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? []
  return { address: bracketed ?? plain ?? text, port: Number(port ?? 53) }
}

/** The address of a server that was configured by name, by the computer's own means. IPv4 first: it works everywhere. */
export async function endpointOf(server: string, port: number): Promise<Endpoint> {
  if (isIP(server)) return { address: server, port }
  const found = await lookup(server, { all: true })
  const first = found.find(({ address }) => !isIPv6(address)) ?? found[0]
  if (!first) throw new Error(`${server} has no address`)
  return { address: first.address, port }
}
