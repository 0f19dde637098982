import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent, type RequestOptions, request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { DoesNotHold } from '../types.ts'
import { explain } from './explain.ts'
import { lookupVia } from './lookup.ts'

/** Milliseconds that one exchange may take. */
const patienceMs = 10_000
/** A page or answer that is longer than this is not the shop's. */
const longestBody = 4 * 1024 * 1024

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path on the site, or an absolute URL for plain HTTP. */
  path: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  signal: AbortSignal
  /** Name of the TLS handshake when it is to differ from the host. */
  servername?: string
}

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

/**
 * HTTP with one site. Redirects are answers like all others: nothing is followed. Every exchange ends within 10 s.
 * Certificates are verified; without `ca` against the authorities that Node knows.
 */
export class HttpClient {
  readonly origin: URL
  readonly #ca: string | undefined
  readonly #agent: Agent
  readonly #lookup: LookupFunction
  readonly #plain = new PlainAgent({ keepAlive: false })

  /** @param address Where the site is, whatever the DNS says of its name. */
  constructor(origin: URL, ca: string | undefined, address?: string) {
    this.origin = origin
    this.#ca = ca
    this.#lookup = lookupVia(address)
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4 })
  }

  /** Any status is an answer. @throws DoesNotHold without one, or the signal's reason. */
  async ask(ask: Ask): Promise<Answer> {
    const url = new URL(ask.path, this.origin)
    const timeout = AbortSignal.timeout(patienceMs)
    try {
      const route = url.protocol === 'https:' ? this.#tls(ask) : { agent: this.#plain }
      const signal = AbortSignal.any([ask.signal, timeout])
      return await exchange(url, ask, { ...route, lookup: this.#lookup, signal })
    } catch (error) {
      ask.signal.throwIfAborted()
      const why = timeout.aborted ? `there was no answer within ${patienceMs / 1000} s` : explain(error)
      throw new DoesNotHold(`${ask.method ?? 'GET'} ${url.href.split('?', 1)[0]} failed: ${why}.`)
    }
  }

  close(): void {
    this.#agent.destroy()
    this.#plain.destroy()
  }

  #tls({ servername, headers }: Ask): RequestOptions {
    // A foreign Host must not share a connection with the journey.
    const agent = servername === undefined && headers?.host === undefined ? this.#agent : new Agent()
    return {
      agent,
      servername: servername ?? serverNameOf(this.origin),
      ...(this.#ca === undefined ? {} : { ca: this.#ca }),
    }
  }
}

/** One exchange; `route` says over what. Rejects when there is no answer. */
export function exchange(url: URL, ask: Omit<Ask, 'path' | 'signal'>, route: RequestOptions): Promise<Answer> {
  const body = ask.body === undefined ? undefined : JSON.stringify(ask.body)
  const headers = {
    'user-agent': 'bookstore-smoke',
    accept: 'application/json, text/html;q=0.9, */*;q=0.5',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...ask.headers,
  }
  const send = url.protocol === 'https:' ? request : plainRequest
  return new Promise((resolve, reject) => {
    const sent = send(url, { ...route, method: ask.method ?? 'GET', headers })
    sent.on('error', reject)
    sent.on('response', (message: IncomingMessage) => {
      readText(message).then(
        (text) => resolve({ status: message.statusCode ?? 0, headers: message.headers, text }),
        reject,
      )
    })
    sent.end(body)
  })
}

/** An address has no name in the handshake (RFC 6066, section 3). */
export function serverNameOf({ hostname }: URL): string {
  return /^[\d.]+$|^\[/.test(hostname) ? '' : hostname
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > longestBody) throw new Error(`the answer is longer than ${longestBody} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
