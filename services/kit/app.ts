import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import { readJson, readRaw } from './body.ts'
import type { Endpoint, Principal, Reply } from './endpoint.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { notFound, Problem, problemType } from './problem.ts'
import { readQuery, validate } from './validate.ts'

/** Turns the Authorization header into a principal. @throws Problem 401 or 503. */
export interface Guard {
  authenticate(authorization: string | undefined, signal: AbortSignal): Promise<Principal>
}

/** For processes without guarded endpoints. */
export const noGuard: Guard = {
  authenticate: () => Promise.reject(new Error('this process guards nothing')),
}

export interface AppOptions {
  log: Log
  metrics: Metrics
  guard: Guard
}

const requestIdForm = /^[\w-]{8,64}$/

/** The edge's id of this request, or a new one where there is none of the right form. */
export function requestIdOf(header: string | undefined): string {
  return header !== undefined && requestIdForm.test(header) ? header : randomUUID()
}

/** The client as the edge saw it: only our own proxies reach these sockets, so the last hop's word is taken. */
function addressOf(context: Context): string {
  return context.get('x-forwarded-for').split(',')[0]?.trim() || context.req.socket.remoteAddress || 'unix'
}

/** A signal that aborts when the client goes away before the reply is out. */
export function clientSignal(context: Context): AbortSignal {
  const gone = new AbortController()
  context.res.once('close', () => {
    if (!context.res.writableFinished) gone.abort(new Error('the client went away'))
  })
  return gone.signal
}

function sendProblem(context: Context, problem: Problem): void {
  context.status = problem.status
  context.set(problem.headers)
  context.set('cache-control', 'no-store')
  context.body = JSON.stringify(problem)
  context.type = problemType
}

/** What was thrown, as a client may see it. Anything that is not a Problem is ours to mend and says nothing. */
export function toProblem(error: unknown, log: Log): Problem {
  if (error instanceof Problem) {
    if (error.status >= 500) log.warn({ err: error, cause: error.cause }, error.message)
    return error
  }
  // Koa and its router speak http-errors: a path that cannot be decoded is the client's.
  const { status, expose } = error as { status?: number; expose?: boolean }
  if (expose && status !== undefined && status < 500)
    return new Problem(status, 'bad-request', 'The request cannot be read')
  log.error({ err: error }, 'unexpected error')
  return new Problem(500, 'internal', 'Something went wrong here')
}

/** Outermost: request id, metrics, problems, and a log line for each request. */
function frame({ log, metrics }: AppOptions): Middleware {
  return async (context, next) => {
    const started = performance.now()
    const requestId = requestIdOf(context.get('x-request-id'))
    context.state.requestId = requestId
    context.state.log = log.child({ requestId })
    context.set('x-request-id', requestId)
    metrics.inFlight.inc()
    try {
      await next()
      if (context.status === 404 && context.body == null && context.state.endpoint === undefined) throw notFound()
    } catch (error) {
      sendProblem(context, toProblem(error, context.state.log as Log))
    } finally {
      metrics.inFlight.dec()
      const seconds = (performance.now() - started) / 1000
      const route = (context.state.endpoint as Endpoint | undefined)?.path ?? 'none'
      metrics.requests.observe({ method: context.method, route, status: context.status }, seconds)
      const line = {
        method: context.method,
        path: context.path,
        status: context.status,
        ms: Math.round(seconds * 1e4) / 10,
      }
      const logger = context.state.log as Log
      if (context.status >= 500) logger.warn(line, 'request')
      else logger.info(line, 'request')
    }
  }
}

async function principalFor(
  endpoint: Endpoint,
  context: Context,
  guard: Guard,
  signal: AbortSignal,
): Promise<Principal | undefined> {
  if (endpoint.access === 'public') return undefined
  const authorization = context.get('authorization') || undefined
  if (endpoint.access === 'optional' && authorization === undefined) return undefined
  return guard.authenticate(authorization, signal)
}

/** A path parameter that has not the form of an id names nothing: 404. */
function readParams(endpoint: Endpoint, params: unknown): unknown {
  if (!endpoint.params) return undefined
  const parsed = endpoint.params.safeParse(params)
  if (!parsed.success) throw notFound()
  return parsed.data
}

async function readBody(endpoint: Endpoint, context: Context): Promise<unknown> {
  if (endpoint.raw) return readRaw(context.req, endpoint.raw)
  if (endpoint.body) return validate(endpoint.body, await readJson(context.req), 'body')
  return undefined
}

function send(context: Context, reply: Reply): void {
  context.status = reply.status
  if (reply.headers) context.set(reply.headers)
  if (!context.response.get('cache-control')) context.set('cache-control', 'no-store')
  if (reply.body === undefined) context.body = null
  else if (Buffer.isBuffer(reply.body)) context.body = reply.body
  else {
    context.body = JSON.stringify(reply.body)
    context.type = context.status >= 400 ? problemType : (reply.headers?.['content-type'] ?? 'application/json')
  }
  // Koa turns an empty body into 204; the status that the handler chose stands.
  context.status = reply.status
}

function handlerOf(endpoint: Endpoint, guard: Guard): Middleware {
  return async (context) => {
    context.state.endpoint = endpoint
    const signal = clientSignal(context)
    const params = readParams(endpoint, context.params)
    const query = endpoint.query
      ? validate(endpoint.query, readQuery(new URLSearchParams(context.querystring)), 'query')
      : undefined
    const principal = await principalFor(endpoint, context, guard, signal)
    const body = await readBody(endpoint, context)
    const { requestId, log } = context.state as { requestId: string; log: Log }
    const address = addressOf(context)
    send(
      context,
      await endpoint.handle({
        params,
        query,
        body,
        principal,
        headers: context.req.headers,
        address,
        requestId,
        log,
        signal,
      }),
    )
  }
}

/** A Koa application that answers `endpoints`; anything else is a problem as well (404, 405, 501). */
export function createApp(endpoints: readonly Endpoint[], options: AppOptions): Koa {
  const app = new Koa()
  const router = new Router()
  for (const endpoint of endpoints) router[endpoint.method](endpoint.path, handlerOf(endpoint, options.guard))
  app.use(frame(options))
  app.use(router.routes())
  app.use(
    router.allowedMethods({
      throw: true,
      methodNotAllowed: () => new Problem(405, 'method-not-allowed', 'Method not allowed here'),
      notImplemented: () => new Problem(501, 'not-implemented', 'Method not known'),
    }),
  )
  app.on('error', (error: Error) => options.log.warn({ err: error }, 'while sending'))
  return app
}
