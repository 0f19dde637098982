import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SecureVersion } from 'node:tls'
import { newKey } from '../../provisioners/certificates/key-pair.ts'
import { createLocalAuthority, localAuthority } from '../../provisioners/certificates/local-ca.ts'
import { authorityFiles } from '../../provisioners/certificates/store.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import type { Clock } from '../../provisioners/engine/resource.ts'

export interface Inquiry {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

export interface Reply {
  status: number
  headers: Record<string, string | string[]>
  body: string
}

export type Handler = (inquiry: Inquiry) => Promise<Reply>

export interface EdgeOptions {
  handler: Handler
  /** The last word on every answer. */
  tamper?(reply: Reply, inquiry: Inquiry): Reply
  /** Name on the certificate. */
  certifiedName?: string
  /** When the certificate and its authority were made; it lasts for 60 days. */
  madeAt?: Date
  /** Where plain HTTP sends to, given the request's path. */
  location?(path: string, httpsPort: number): string
  minVersion?: SecureVersion
  answerAnyHost?: boolean
}

export interface Edge {
  url: string
  httpPort: number
  ca: string
  close(): Promise<void>
}

const name = 'shop.localhost'

const security = {
  'strict-transport-security': 'max-age=300',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
}

/** What stands before a shop, small: TLS with a certificate of a local authority, headers, and the redirect. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-edge-'))
  const { key, cert, ca } = await certificateIn(folder, options)
  const tls = createServer(
    { key, cert, ...(options.minVersion ? { minVersion: options.minVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : {}) },
    (request, response) => void answer(request, response, options),
  )
  const httpsPort = await listen(tls)
  const plain = createPlain((request, response) => {
    const path = request.url ?? '/'
    const location = options.location?.(path, httpsPort) ?? `https://${name}:${httpsPort}${path}`
    response.writeHead(308, { location }).end()
  })
  const httpPort = await listen(plain)
  return {
    url: `https://${name}:${httpsPort}`,
    httpPort,
    ca,
    close: async () => {
      await Promise.all([tls, plain].map(close))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, options: EdgeOptions): Promise<void> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]))
  const inquiry = { method: request.method ?? 'GET', path: request.url ?? '/', headers, body: await textOf(request) }
  if (!headers.host?.startsWith(`${name}:`) && !options.answerAnyHost) return void response.writeHead(421).end()
  const given = inquiry.path === '/healthz' ? { status: 200, headers: {}, body: 'ok' } : await options.handler(inquiry)
  const reply = { ...given, headers: { ...security, ...given.headers } }
  const last = options.tamper?.(reply, inquiry) ?? reply
  response.writeHead(last.status, last.headers).end(last.body)
}

async function certificateIn(folder: string, { madeAt, certifiedName = name }: EdgeOptions) {
  const clock: Clock = { ...systemClock, now: () => madeAt ?? new Date() }
  await createLocalAuthority(folder, 'test', clock)
  const key = newKey()
  const order = { names: [certifiedName], key, signal: new AbortController().signal }
  const cert = await localAuthority(folder, clock).issue(order)
  return { key, cert, ca: await readFile(authorityFiles(folder).certificate, 'utf8') }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
