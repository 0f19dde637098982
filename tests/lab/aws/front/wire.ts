import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request as it came, read whole. */
export interface WireRequest {
  method: string
  /** With the query string. */
  url: string
  headers: Record<string, string>
  body: Buffer
}

export interface WireAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Larger than anything but an upload to S3. */
const longest = 64 * 1024 * 1024

export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of message) {
    size += part.length
    if (size > longest) throw new Error(`a request of more than ${longest} bytes`)
    parts.push(part)
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) if (typeof value === 'string') headers[name] = value
  return { method: message.method ?? 'GET', url: message.url ?? '/', headers, body: Buffer.concat(parts) }
}

/** Of one connection only (RFC 9110, 7.6.1), or wrong for a body that was read whole. */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect', 'upgrade']

export function withoutHopByHop(headers: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !hopByHop.includes(name)))
}

export function writeHead(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  // 204 and 304 have no body, and must not tell the length of one.
  const length =
    status === 204 || status === 304 ? {} : { 'content-length': String(headers['content-length'] ?? body.length) }
  response.writeHead(status, { ...headers, ...length })
}
