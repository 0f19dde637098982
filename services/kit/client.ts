import { Pool } from 'undici'
import type { SocketAddress } from './address.ts'
import { withDeadline } from './deadline.ts'
import { unavailable } from './problem.ts'

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** JSON, unless it is a Buffer, which goes out as it is: name its type in `headers`. */
  body?: unknown
  headers?: Record<string, string>
  requestId?: string
  signal?: AbortSignal
  /** Of the whole exchange; 5 s by default. */
  timeoutMs?: number
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** Parsed JSON; undefined when the answer has no body. */
  body: unknown
}

/** The other process could not be reached, or did not answer in time. Whether it acted is not known. */
export class CallFailed extends Error {}

/** Speaks JSON over HTTP with one other process. Keeps its connections. */
export class Client {
  readonly #pool: Pool
  readonly #peer: string

  constructor(peer: string, address: SocketAddress, connections = 32) {
    const socket = 'socketPath' in address
    this.#peer = peer
    this.#pool = new Pool(socket ? `http://${peer}` : `http://${address.host}:${address.port}`, {
      connections,
      // Below the 75 s of the server, so that we close first.
      keepAliveTimeout: 30_000,
      connect: socket ? { socketPath: address.socketPath, timeout: 2_000 } : { timeout: 2_000 },
    })
  }

  /** Any status is an answer. @throws CallFailed without one. */
  async call(call: Call): Promise<Answer> {
    try {
      return await withDeadline(call.timeoutMs ?? 5_000, call.signal, (signal) => this.#exchange(call, signal))
    } catch (cause) {
      throw new CallFailed(`${this.#peer} gave no answer to ${call.method} ${call.path.split('?', 1)[0]}`, { cause })
    }
  }

  async #exchange({ method, path, body, requestId, headers }: Call, signal: AbortSignal): Promise<Answer> {
    const response = await this.#pool.request({
      method,
      path,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
        ...headers,
      },
      body: body === undefined ? null : Buffer.isBuffer(body) ? body : JSON.stringify(body),
      signal,
    })
    const text = await response.body.text()
    return { status: response.statusCode, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }

  /** As `call`, for calls that must succeed: no answer, or a 5xx, is a 503 of ours. */
  async expect(call: Call): Promise<Answer> {
    try {
      const answer = await this.call(call)
      if (answer.status < 500) return answer
      throw unavailable(`${this.#peer} answered ${answer.status}.`)
    } catch (error) {
      if (error instanceof CallFailed) throw unavailable(`${this.#peer} does not answer.`, error)
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
