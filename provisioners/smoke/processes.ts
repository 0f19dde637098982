import { randomBytes } from 'node:crypto'
import type { Context } from '../engine/resource.ts'
import { Cleanup } from './cleanup.ts'
import { type Ask, exchange } from './http/client.ts'
import { readingSteps } from './journey/reading.ts'
import { runSteps } from './run-steps.ts'
import { DoesNotHold, type SmokeCheck } from './types.ts'
import type { Visit } from './visit.ts'

export interface ProcessesToSmoke {
  /** Origin that they believe to be behind. */
  url: string
  languages: readonly string[]
  /** Unix sockets of the two processes that the world is led to. */
  sockets: { web: string; gateway: string }
}

/** A process that has just started compiles its first page, beside one that serves. */
const patienceMs = 20_000
const allMs = 120_000

/**
 * The read-only part of the journey, made on processes that no server leads to yet. Nothing is written.
 * @throws The signal's reason; whatever does not hold is in the checks.
 */
export async function smokeProcesses(target: ProcessesToSmoke, ctx: Context): Promise<SmokeCheck[]> {
  const deadline = AbortSignal.timeout(allMs)
  const origin = new URL(target.url)
  const visit: Visit = {
    options: { url: target.url, readOnly: true },
    origin,
    http: { ask: (ask) => askProcess(target, origin, ask) },
    clock: ctx.clock,
    signal: AbortSignal.any([ctx.signal, deadline]),
    cleanup: new Cleanup(),
    mark: randomBytes(5).toString('hex'),
  }
  return runSteps(readingSteps(target.languages), visit, ctx, deadline)
}

/** As the server in front of them would pass it on. */
async function askProcess({ sockets }: ProcessesToSmoke, origin: URL, ask: Ask) {
  const socketPath = ask.path.startsWith('/api') ? sockets.gateway : sockets.web
  const headers = { ...ask.headers, host: origin.host, 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' }
  const url = new URL(ask.path, `http://${origin.host}`)
  const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(patienceMs)])
  try {
    return await exchange(url, { ...ask, headers }, { socketPath, agent: false, signal })
  } catch (error) {
    ask.signal.throwIfAborted()
    throw new DoesNotHold(`${ask.method ?? 'GET'} ${url.pathname} failed: ${(error as Error).message}.`)
  }
}
