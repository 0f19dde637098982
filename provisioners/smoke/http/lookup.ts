import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

const loopback: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/** Names that mean this computer (RFC 6761, section 6.3); many resolvers do not know those below `localhost`. */
export function isLocalName(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname)
}

/**
 * Like `dns.lookup`, but names under `.localhost` are answered here, and with `address` every name is: what was opened a
 * moment ago is not known to every resolver yet.
 */
export function lookupVia(address: string | undefined): LookupFunction {
  if (address === undefined) return lookupHost
  const found: LookupAddress = { address, family: isIP(address) }
  return (_, options, callback) =>
    queueMicrotask(() => (options.all ? callback(null, [found]) : callback(null, found.address, found.family)))
}

const lookupHost: LookupFunction = (hostname, options, callback) => {
  if (!isLocalName(hostname)) return lookup(hostname, options as LookupOptions, callback as never)
  const wanted = familyOf(options.family)
  const found = loopback.filter(({ family }) => wanted === 0 || family === wanted)
  if (options.all) return queueMicrotask(() => callback(null, found))
  const first = found[0] ?? loopback[0]
  queueMicrotask(() => callback(null, first?.address ?? '', first?.family))
}

function familyOf(family: LookupOptions['family']): number {
  if (family === 'IPv4') return 4
  if (family === 'IPv6') return 6
  return family ?? 0
}
