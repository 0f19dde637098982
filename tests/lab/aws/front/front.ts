import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Dispatcher, request } from 'undici'
import type { Call } from '../calls.ts'
import type { Effect, Faults } from '../faults.ts'
import { codeOf, errorAnswer, throttled } from './errors.ts'
import { readCall } from './read-call.ts'
import { readRequest, type WireAnswer, type WireRequest, withoutHopByHop, writeHead } from './wire.ts'

export interface FrontOptions {
  /** Of this box, where it listens on a free port. */
  address: string
  faults: Faults
  calls: Call[]
  /** What becomes of a call that no fault has stopped. */
  perform(call: Call, request: WireRequest): Promise<WireAnswer>
}

export interface Front {
  readonly endpoint: string
  close(): Promise<void>
}

/** Answers the APIs of AWS. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const server = createServer((message, response) => {
    const broken = () => response.destroy()
    readRequest(message)
      .then((wire) => serve(wire, response, options))
      .catch(broken)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, options.address, resolve)
  })
  return {
    endpoint: `http://${options.address}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(wire: WireRequest, response: ServerResponse, options: FrontOptions): Promise<void> {
  const call: Call = { ...readCall(wire), order: options.calls.length + 1, at: Date.now() }
  options.calls.push(call)
  const effects = options.faults.of(call)
  const fault = effects.map((it) => it.do).join(' ')
  const end = (status: number, code?: string) => {
    call.took = Date.now() - call.at
    call.outcome = { status, ...(code ? { code } : {}), ...(fault ? { fault } : {}) }
  }
  await hooks(effects, 'before', call)
  const does = (what: Effect['do']) => effects.some((it) => it.do === what)
  if (does('lose-request')) {
    end(0)
    response.destroy()
    return
  }
  // A defect of the lab itself must be seen: whoever looks at a call finds it there.
  const defect = (error: Error) => errorAnswer(call, 'InternalError', `the lab: ${error.stack}`, 500)
  const answer = refusal(call, effects) ?? (await options.perform(call, wire).catch(defect))
  await hooks(effects, 'after', call)
  for (const it of effects) if (it.do === 'delay') await sleep(it.ms)
  if (does('lose-answer')) {
    end(0)
    response.destroy()
    return
  }
  end(answer.status, codeOf(answer))
  writeHead(response, answer)
  const half = Math.floor(answer.body.length / 2)
  if (effects.some((it) => it.do === 'call' && it.when === 'answering')) {
    response.write(answer.body.subarray(0, half))
    await hooks(effects, 'answering', call)
    response.end(answer.body.subarray(half))
  } else response.end(answer.body)
}

async function hooks(effects: readonly Effect[], when: 'before' | 'after' | 'answering', call: Call): Promise<void> {
  for (const it of effects) if (it.do === 'call' && it.when === when) await it.run(call)
}

function refusal(call: Call, effects: readonly Effect[]): WireAnswer | undefined {
  for (const it of effects) {
    if (it.do === 'throttle') return throttled(call)
    if (it.do === 'fail') return errorAnswer(call, 'InternalError', 'An internal error has occurred', 500)
    if (it.do === 'refuse') return errorAnswer(call, it.code, it.message ?? it.code, it.status)
  }
  return undefined
}

/** Hands a request on to the emulator. */
export async function passOn(url: string, { method, url: path, headers, body }: WireRequest): Promise<WireAnswer> {
  const bodiless = method === 'GET' || method === 'HEAD'
  const answer = await request(`${url}${path}`, {
    method: method as Dispatcher.HttpMethod,
    headers: withoutHopByHop(Object.entries(headers)),
    body: bodiless ? null : body,
    headersTimeout: 60_000,
  })
  const told = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  )
  const given = withoutHopByHop(told)
  // The length that a HEAD tells is the length of what a GET would bring.
  const length = method === 'HEAD' ? answer.headers['content-length'] : undefined
  return {
    status: answer.statusCode,
    headers: typeof length === 'string' ? { ...given, 'content-length': length } : given,
    body: Buffer.from(await answer.body.arrayBuffer()),
  }
}
