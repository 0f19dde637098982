import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newKey } from '../../provisioners/certificates/key-pair.ts'
import { createLocalAuthority, localAuthority } from '../../provisioners/certificates/local-ca.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import type { TestShop } from '../support/shop.ts'

export interface Edge {
  port: number
  /** Forms that are sent to such a path arrive and are done, but the connection breaks before their answer. */
  loseAnswers(path: RegExp | undefined): void
  close(): Promise<void>
}

async function certificate(name: string) {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-web-edge-'))
  try {
    await createLocalAuthority(folder, 'test', systemClock)
    const key = newKey()
    const order = { names: [name], key, signal: new AbortController().signal }
    return { key, cert: await localAuthority(folder, systemClock).issue(order) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Passes a request on, as NGINX does: the API to the gateway, everything else to the pages. */
function forward(shop: TestShop, incoming: IncomingMessage, outgoing: ServerResponse, lose: boolean): void {
  const service = incoming.url?.startsWith('/api/') ? 'gateway' : 'web'
  const headers = { ...incoming.headers, 'x-forwarded-for': '192.0.2.7' }
  const passed = request(
    { socketPath: shop.socket(service), path: incoming.url, method: incoming.method, headers },
    (answer) => {
      if (lose) return outgoing.destroy()
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    },
  )
  passed.on('error', () => outgoing.writeHead(502).end())
  incoming.pipe(passed)
}

/** TLS before the sockets of a test shop, so that a browser can reach it. */
export async function startEdge(shop: TestShop): Promise<Edge> {
  let losing: RegExp | undefined
  const tls = createServer(await certificate(new URL(shop.siteUrl).hostname), (incoming, outgoing) => {
    const lose = incoming.method === 'POST' && losing?.test(incoming.url ?? '') === true
    forward(shop, incoming, outgoing, lose)
  })
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
  return {
    port: (tls.address() as AddressInfo).port,
    loseAnswers: (path) => {
      losing = path
    },
    close: () => {
      tls.closeAllConnections()
      return new Promise((resolve) => tls.close(() => resolve()))
    },
  }
}
