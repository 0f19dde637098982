import { isIPv6 } from 'node:net'

/** Where a name server listens. */
export interface Endpoint {
  /** An IP address. */
  address: string
  port: number
}

/** '192.0.2.1', or '192.0.2.1:5353' where the port is not the usual one. */
export function endpointText({ address, port }: Endpoint): string {
  if (port === 53) return address
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`
}
