import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { requestIdOf, toProblem } from '../kit/app.ts'
import type { Log } from '../kit/log.ts'
import { notFound, Problem, problemType } from '../kit/problem.ts'
import { Exchange } from './exchange.ts'
import { busy, tooLarge } from './failure.ts'
import type { GatewayMetrics } from './metrics.ts'
import { type Target, targetOf } from './target.ts'
import type { Upstream } from './upstream.ts'

export interface GatewayOptions {
  upstreams: ReadonlyMap<string, Upstream>
  log: Log
  metrics: GatewayMetrics
}

/** Answers every request of the public socket: forwards it, or says why not. */
export function createGateway(options: GatewayOptions): RequestListener {
  const index = JSON.stringify({
    services: [...options.upstreams.keys()].map((name) => ({ name, openapi: `/api/${name}/openapi.json` })),
  })
  return (request, response) => {
    const requestId = requestIdOf(request.headers['x-request-id']?.toString())
    const seen: Seen = { requestId, service: 'none' }
    observe(options, request, response, seen)
    const refuse = (problem: Problem) => sendProblem(request, response, requestId, problem)
    try {
      const target = routeOf(request)
      if (target === 'index') {
        sendIndex(request, response, requestId, index)
        return
      }
      const upstream = options.upstreams.get(target.service)
      if (!upstream) throw notFound()
      seen.service = target.service
      refuseOverLimits(request, upstream, options.metrics)
      new Exchange({
        request,
        response,
        requestId,
        upstream,
        path: target.path,
        refuse: (problem) => {
          options.log.warn({ ...seen, err: problem.cause }, problem.detail)
          refuse(problem)
        },
        onRetry: () => options.metrics.retries.inc({ service: target.service }),
      }).start()
    } catch (error) {
      refuse(error instanceof Problem ? error : toProblem(error, options.log))
    }
  }
}

/** TRACE would show a client what our proxies add (RFC 9110, 9.3.8). */
function routeOf({ method, url = '/' }: IncomingMessage): Target | 'index' {
  if (method === 'TRACE') throw new Problem(405, 'method-not-allowed', 'Method not allowed here')
  return targetOf(url)
}

function refuseOverLimits(request: IncomingMessage, upstream: Upstream, metrics: GatewayMetrics): void {
  const { name, bodyLimit } = upstream.route
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge(bodyLimit)
  if (!upstream.isFull) return
  metrics.shed.inc({ service: name })
  throw busy(name)
}

/** What the log tells of a request beside its line and status. */
interface Seen {
  requestId: string
  /** 'none' while it is nobody's. */
  service: string
}

/** A client that left before its answer; NGINX's number for it. */
const clientLeft = 499

/** Measures and logs the request when its answer is out, or its client gone. */
function observe(
  { log, metrics }: GatewayOptions,
  { method = 'GET', url = '/' }: IncomingMessage,
  response: ServerResponse,
  seen: Seen,
): void {
  const started = performance.now()
  response.once('close', () => {
    const ms = performance.now() - started
    const status = response.writableFinished ? response.statusCode : clientLeft
    metrics.requests.observe({ method, route: seen.service, status }, ms / 1000)
    const line = { ...seen, method, path: url.split('?', 1)[0], status, ms: Math.round(ms * 10) / 10 }
    if (status >= 500) log.warn(line, 'request')
    else log.info(line, 'request')
  })
}

function sendIndex(request: IncomingMessage, response: ServerResponse, requestId: string, index: string): void {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
    'x-request-id': requestId,
  }
  send(request, response, 200, headers, index)
}

function sendProblem(request: IncomingMessage, response: ServerResponse, requestId: string, problem: Problem): void {
  const headers = {
    'content-type': problemType,
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...problem.headers,
  }
  send(request, response, problem.status, headers, JSON.stringify(problem))
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
  // What is still on its way is read and forgotten: a client that is cut off while it sends never sees the answer.
  request.resume()
}
