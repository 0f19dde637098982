import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** They speak of one connection, not of the message (RFC 9110, 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Ours to say, or commands to proxies that no client gives. `expect` is answered here. */
const notTheClients: ReadonlySet<string> = new Set([
  'expect',
  'forwarded',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
])
const internal = /^(?:x-forwarded-|x-bookstore-|bookstore-)/

/** Header names that `Connection` declares to be of this connection only. */
function named(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}

/** The client as the edge saw it: only our own proxies reach this process. */
function clientOf(request: IncomingMessage): string | undefined {
  const claimed = request.headers['x-forwarded-for']?.toString().split(',', 1)[0]?.trim() ?? ''
  return isIP(claimed) ? claimed : request.socket.remoteAddress
}

/** What the service is sent, as a flat list of names and values: the client's own headers in their order, then ours. */
export function upstreamHeaders(request: IncomingMessage, requestId: string): string[] {
  const { rawHeaders, headers } = request
  const ofConnection = named(headers.connection)
  const sent: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    if (hopByHop.has(name) || notTheClients.has(name) || internal.test(name) || ofConnection?.has(name)) continue
    sent.push(name, rawHeaders[at + 1] as string)
  }
  const client = clientOf(request)
  if (client !== undefined) sent.push('x-forwarded-for', client)
  sent.push('x-forwarded-proto', headers['x-forwarded-proto'] === 'https' ? 'https' : 'http')
  if (headers.host !== undefined) sent.push('x-forwarded-host', headers.host)
  sent.push('x-forwarded-prefix', '/api', 'x-request-id', requestId)
  return sent
}

/** What the client is sent of the service's headers. */
export function clientHeaders(headers: IncomingHttpHeaders, requestId: string): OutgoingHttpHeaders {
  const ofConnection = named(headers.connection)
  const sent: OutgoingHttpHeaders = {}
  for (const name in headers) {
    if (!hopByHop.has(name) && !ofConnection?.has(name)) sent[name] = headers[name]
  }
  sent['x-request-id'] = requestId
  return sent
}
