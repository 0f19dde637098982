import { Agent, type RequestOptions, request } from 'node:https'

export interface HttpAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: string
}

export interface HttpRequest {
  method: string
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}

const timeoutMs = 30_000
/** Certificates and problems are small; anything larger is no answer of an authority. */
const largestBody = 1_000_000

/** HTTPS to one authority, over few connections. `close` ends them. */
export class Transport {
  readonly #agent: Agent

  /** @param ca PEM of whom to trust instead of those whom Node trusts. */
  constructor(ca?: string) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4, ...(ca === undefined ? {} : { ca }) })
  }

  /** @throws The system's or TLS's error with its `code`, 'ETIMEDOUT' after 30 s of silence, the signal's reason. */
  send(url: string, { method, headers = {}, body, signal }: HttpRequest): Promise<HttpAnswer> {
    signal.throwIfAborted()
    // RFC 8555, section 6.1: a user agent must be named, a language should.
    const named = { 'user-agent': 'bookstore', 'accept-language': 'en', ...headers }
    const options: RequestOptions = { method, headers: named, agent: this.#agent, timeout: timeoutMs, signal }
    return new Promise<HttpAnswer>((resolve, reject) => {
      const outgoing = request(url, options, (response) => {
        const parts: Buffer[] = []
        let size = 0
        response.on('data', (part: Buffer) => {
          parts.push(part)
          size += part.length
          if (size > largestBody) response.destroy(new Error('the answer is too large'))
        })
        response.on('error', reject)
        response.on('end', () => {
          const one = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const)
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(one),
            body: Buffer.concat(parts).toString(),
          })
        })
      })
      outgoing.on('timeout', () => outgoing.destroy(tooLate()))
      outgoing.on('error', reject)
      outgoing.end(body)
    }).catch((error) => {
      signal.throwIfAborted()
      throw error
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function tooLate(): Error {
  return Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' })
}
