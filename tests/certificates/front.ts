import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownAddress } from '../dns/process.ts'
import { httpsFiles, type Pebble } from './pebble.ts'

export interface Passing {
  method: string
  /** '/order-plz' */
  path: string
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: object
}

/** What a front does with a request: `undefined` lets it pass, a reply answers it, 'break' cuts it off once it was done. */
export type Rule = (passing: Passing) => Reply | 'break' | undefined | Promise<Reply | 'break' | undefined>

export interface Front {
  directory: string
  ca: string
  /** Every request, as 'POST /path'. */
  passed: string[]
  rule: Rule
  /** Is added to what the directory says. */
  directoryExtras: object
  stop(): Promise<void>
}

/** Stands before an authority and does what authorities do on bad days. Pebble makes its URLs from the Host header. */
export async function startFront(pebble: Pebble): Promise<Front> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-front-'))
  const address = ownAddress()
  const tls = await httpsFiles(folder, address)
  const agent = new Agent({ keepAlive: true, ca: pebble.ca })
  const server = createServer({ cert: tls.cert, key: tls.key }, (incoming, response) => {
    handle(incoming, response).catch((error) => response.writeHead(502).end(String(error)))
  })

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await whole(incoming)
    const { method = '', url: path = '' } = incoming
    front.passed.push(`${method} ${path}`)
    const verdict = await front.rule({ method, path })
    if (verdict !== undefined && verdict !== 'break') return answer(response, verdict)
    const { status, headers, text } = await forward(incoming, body)
    if (verdict === 'break') return void incoming.socket.destroy()
    const extended = path === '/dir' ? JSON.stringify(merge(JSON.parse(text), front.directoryExtras)) : text
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(extended) }).end(extended)
  }

  function forward(incoming: IncomingMessage, body: Buffer) {
    const { method, url = '', headers } = incoming
    return new Promise<{ status: number; headers: object; text: string }>((resolve, reject) => {
      const outgoing = request(`${pebble.origin}${url}`, { method, headers, agent }, async (answer) => {
        const text = (await whole(answer)).toString()
        const { 'transfer-encoding': _, 'content-length': __, ...rest } = answer.headers
        resolve({ status: answer.statusCode ?? 0, headers: rest, text })
      })
      outgoing.on('error', reject).end(body)
    })
  }

  await new Promise<void>((resolve) => server.listen(14000, address, resolve))
  const front: Front = {
    directory: `https://${address}:14000/dir`,
    ca: tls.ca,
    passed: [],
    rule: () => undefined,
    directoryExtras: {},
    async stop() {
      agent.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await rm(folder, { recursive: true, force: true })
    },
  }
  return front
}

function answer(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

function merge(directory: { meta?: object }, extras: { meta?: object }): object {
  return { ...directory, ...extras, meta: { ...directory.meta, ...extras.meta } }
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}
