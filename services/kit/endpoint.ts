import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Log } from './log.ts'

/** Who calls, taken from a verified access token. */
export interface Principal {
  userId: string
  /** The login session; logout revokes it. */
  sessionId: string
  email: string
  name: string
  roles: readonly string[]
}

export interface Request<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  /** Set when the endpoint's `access` is 'bearer'; may be set when it is 'optional'. */
  principal: Principal | undefined
  headers: IncomingHttpHeaders
  /** Of the client, as the edge saw it. */
  address: string
  requestId: string
  log: Log
  /** Aborts when the client goes away. */
  signal: AbortSignal
}

export interface Reply {
  status: number
  /** JSON unless it is a Buffer, which goes out as it is (`content-type` from `headers`). */
  body?: unknown
  headers?: Record<string, string>
}

export const ok = (body: unknown, headers?: Record<string, string>): Reply => ({
  status: 200,
  body,
  ...(headers && { headers }),
})
export const created = (body: unknown, location: string): Reply => ({ status: 201, body, headers: { location } })
export const noContent = (): Reply => ({ status: 204 })

/** A body that is not JSON: taken whole, as bytes, when its type is one of `types` and it is not larger than `limit` bytes. */
export interface RawBody {
  types: readonly string[]
  limit: number
}

export interface Endpoint {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With the service's name in front: '/catalog/books/:id'. */
  path: string
  summary: string
  access: 'public' | 'optional' | 'bearer'
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  raw?: RawBody
  /** Documents that the call takes an Idempotency-Key (or If-Match). */
  requestHeaders?: readonly string[]
  /** What is sent for each status; null for no body. Problems are documented by code. */
  responses: Readonly<Record<number, z.ZodType | null>>
  problems?: Readonly<Record<number, readonly string[]>>
  handle(request: Request): Promise<Reply> | Reply
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** Declares an endpoint so that its handler sees exactly what its schemas let through. */
export function endpoint<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  definition: Omit<Endpoint, 'params' | 'query' | 'body' | 'handle'> & {
    params?: Params
    query?: Query
    body?: Body
    handle(request: Request<Parsed<Params>, Parsed<Query>, Parsed<Body>>): Promise<Reply> | Reply
  },
): Endpoint {
  return definition as unknown as Endpoint
}

/** The caller of an endpoint with `access: 'bearer'`. */
export function principalOf(request: Request<never, never, never> | Request): Principal {
  if (!request.principal) throw new Error('this endpoint was declared without access: bearer')
  return request.principal
}
