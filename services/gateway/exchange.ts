import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Problem } from '../kit/problem.ts'
import { AnswerTimeout, isConnectionLost, problemOf } from './failure.ts'
import { clientHeaders, upstreamHeaders } from './headers.ts'
import { hasBody, Upload } from './upload.ts'
import type { Upstream } from './upstream.ts'

/** For so long a request that reached nobody is tried again, so that a service's restart is not felt. */
const retryForMs = 1_000
const retryPauseMs = 50

export interface ExchangeOptions {
  request: IncomingMessage
  response: ServerResponse
  requestId: string
  upstream: Upstream
  /** As the service sees it. */
  path: string
  /** Sends a problem as the whole answer. */
  refuse(problem: Problem): void
  onRetry(): void
}

/** One request on its way to a service, and the answer on its way back, both streamed. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions
  readonly #headers: string[]
  readonly #safe: boolean
  readonly #retryUntil = performance.now() + retryForMs
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #upload: Upload | undefined
  /** The answer at hand is a proxy's excuse: it is read to its end and forgotten. */
  #excuse = false
  #retry: NodeJS.Timeout | undefined
  #over = false

  constructor(options: ExchangeOptions) {
    const { request, requestId, response } = options
    this.#options = options
    this.#headers = upstreamHeaders(request, requestId)
    this.#safe = (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request)
    this.#timer = setTimeout(() => this.#stop(new AnswerTimeout()), options.upstream.patience.answerMs)
    response.once('close', () => this.#finish())
    options.upstream.inFlight++
  }

  start(): void {
    const { request, upstream, path } = this.#options
    this.#controller = undefined
    this.#upload = hasBody(request)
      ? new Upload(request, upstream.route.bodyLimit, () => this.#timer.refresh())
      : undefined
    const method = request.method as Dispatcher.HttpMethod
    try {
      upstream.pool.dispatch({ method, path, headers: this.#headers, body: this.#upload ?? null }, this)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(new Error('the client went away'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 103 Early Hints and their like are for one hop.
    if (status < 200) return
    this.#excuse = this.#safe && isExcuse(status, headers) && performance.now() < this.#retryUntil
    if (this.#excuse) return
    clearTimeout(this.#timer)
    this.#options.response.writeHead(status, clientHeaders(headers, this.#options.requestId))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#options
    if (this.#excuse || response.write(chunk)) return
    controller.pause()
    response.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    if (this.#excuse) this.#again()
    else this.#options.response.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  #fail(error: Error): void {
    if (this.#over) return
    if (this.#options.response.headersSent) this.#options.response.destroy()
    else if (this.#mayRetry(error)) this.#again()
    else this.#refuse(error)
  }

  /** What changes nothing may be sent twice. Anything else only if it was never sent: no connection took it. */
  #mayRetry(error: Error): boolean {
    if (!isConnectionLost(error) || performance.now() >= this.#retryUntil) return false
    return this.#safe || (this.#controller === undefined && !this.#upload?.started)
  }

  #again(): void {
    if (this.#over) return
    this.#excuse = false
    this.#options.onRetry()
    this.#retry = setTimeout(() => this.start(), retryPauseMs)
  }

  #refuse(error: Error): void {
    const { upstream, refuse } = this.#options
    refuse(problemOf(error, upstream.route.name, upstream.route.bodyLimit))
  }

  /** Ends the exchange with the service; the failure that follows is answered like any other. */
  #stop(reason: Error): void {
    if (this.#controller) this.#controller.abort(reason)
    else this.#fail(reason)
  }

  /** The answer is out, or the client went away. */
  #finish(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    clearTimeout(this.#retry)
    this.#options.upstream.inFlight--
    if (!this.#options.response.writableFinished) this.#controller?.abort(new Error('the client went away'))
  }
}

/** NGINX between us and the instances says 502 or 503 itself when it reaches none of them; a service's own answer has no such name. */
function isExcuse(status: number, headers: IncomingHttpHeaders): boolean {
  return (status === 502 || status === 503) && String(headers.server ?? '').startsWith('nginx')
}
