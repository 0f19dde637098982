import type { z } from 'zod'
import { type Answer, type Call, CallFailed, type Client } from '../../services/kit/client.ts'
import type { FieldProblem } from '../../services/kit/problem.ts'

/** The gateway answered with a problem. `code` is stable; the texts are English and are never shown. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldProblem[]

  constructor(status: number, code: string, errors: readonly FieldProblem[]) {
    super(`the gateway answered ${status} ${code}`)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** No answer, or one that makes no sense: what was asked for may or may not have happened. */
export class ApiSilent extends Error {}

/** What every call of one visit carries. */
export interface Caller {
  requestId: string
  /** Of the browser; the services limit attempts by it. */
  address: string
  accessToken: string | undefined
  signal: AbortSignal
}

export interface Ask {
  query?: Readonly<Record<string, string | undefined>>
  body?: unknown
  headers?: Readonly<Record<string, string>>
  timeoutMs?: number
}

const isProblem = (body: unknown): body is { code: string; errors?: readonly FieldProblem[] } =>
  typeof body === 'object' && body !== null && typeof (body as { code?: unknown }).code === 'string'

function pathWith(path: string, query: Ask['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value)
  const text = search.toString()
  return `/api${path}${text && `?${text}`}`
}

/** The gateway as one visit sees it: every call bears the visitor's token, address and request id. */
export class Api {
  readonly #client: Client
  readonly #caller: Caller

  constructor(client: Client, caller: Caller) {
    this.#client = client
    this.#caller = caller
  }

  get signedIn(): boolean {
    return this.#caller.accessToken !== undefined
  }

  /** The same visit with another token: after log-in. */
  as(accessToken: string): Api {
    return new Api(this.#client, { ...this.#caller, accessToken })
  }

  /** @throws ApiProblem for 4xx and 5xx answers, ApiSilent without an answer or with one that `schema` refuses. */
  async ask<Schema extends z.ZodType>(
    method: Call['method'],
    path: string,
    schema: Schema,
    ask: Ask = {},
  ): Promise<{ status: number; body: z.output<Schema>; etag: string | undefined }> {
    const answer = await this.#send(method, path, ask)
    if (answer.status >= 400) throw problemOf(answer)
    const parsed = schema.safeParse(answer.body)
    if (!parsed.success) throw new ApiSilent(`${method} ${path}: an answer of another form`, { cause: parsed.error })
    const { etag } = answer.headers
    return { status: answer.status, body: parsed.data, etag: typeof etag === 'string' ? etag : undefined }
  }

  async #send(method: Call['method'], path: string, ask: Ask): Promise<Answer> {
    const { requestId, address, accessToken, signal } = this.#caller
    try {
      return await this.#client.call({
        method,
        path: pathWith(path, ask.query),
        body: ask.body,
        requestId,
        // A browser that goes away must not stop half of a purchase.
        ...(method === 'GET' && { signal }),
        timeoutMs: ask.timeoutMs ?? 8_000,
        headers: {
          'x-forwarded-for': address,
          ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
          ...ask.headers,
        },
      })
    } catch (cause) {
      if (cause instanceof CallFailed) throw new ApiSilent(`${method} ${path}: no answer`, { cause })
      throw cause
    }
  }
}

function problemOf({ status, body }: Answer): ApiProblem {
  return isProblem(body)
    ? new ApiProblem(status, body.code, body.errors ?? [])
    : new ApiProblem(status, status >= 500 ? 'unavailable' : 'unknown', [])
}
