import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  url: URL
  headers: Record<string, string | string[] | undefined>
  body: string
}

export interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

export interface Vendor {
  endpoint: string
  /** Every request so far, as 'GET /path'. */
  asked: string[]
  /** Answers the next requests in place of the vendor, one each. */
  next: Reply[]
  /** Cuts the connection of the next request that writes, after it was done. */
  breakNextWrite: boolean
  stop(): Promise<void>
}

/** A vendor's interface on loopback. A string body is sent as it is, anything else as JSON. */
export async function startVendor(answer: (asked: Asked) => Reply): Promise<Vendor> {
  const state = { asked: [] as string[], next: [] as Reply[], breakNextWrite: false }
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { method = '', headers } = request
    const url = new URL(request.url ?? '/', 'http://vendor')
    vendor.asked.push(`${method} ${url.pathname}`)
    const reply = vendor.next.shift() ?? answer({ method, url, headers, body: Buffer.concat(parts).toString() })
    if (vendor.breakNextWrite && method !== 'GET') {
      vendor.breakNextWrite = false
      return request.socket.destroy()
    }
    const text =
      typeof reply.body === 'string' ? reply.body : reply.body === undefined ? '' : JSON.stringify(reply.body)
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(text)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const vendor: Vendor = {
    ...state,
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
  return vendor
}
