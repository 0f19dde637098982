/** Where a process listens or is reached: a Unix socket, or a host and a port of loopback. */
export type SocketAddress = { socketPath: string } | { host: string; port: number }

/**
 * Reads `unix:/abs/path.sock` or `http://127.0.0.1:3000`.
 * @throws TypeError when it is neither.
 */
export function parseAddress(text: string): SocketAddress {
  if (text.startsWith('unix:/')) return { socketPath: text.slice('unix:'.length) }
  const url = new URL(text)
  if (url.protocol !== 'http:' || !url.port) throw new TypeError(`not an address: ${text}`)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
}
