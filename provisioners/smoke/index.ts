import { randomBytes } from 'node:crypto'
import { BookstoreError, exit } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { Cleanup, cleanupMs } from './cleanup.ts'
import { HttpClient } from './http/client.ts'
import { writeReport } from './report/write.ts'
import { report, runSteps } from './run-steps.ts'
import { stepsFor } from './steps.ts'
import type { SmokeCheck, SmokeOptions, SmokeReport } from './types.ts'
import type { Visit } from './visit.ts'

export type { SmokeOptions, SmokeReport } from './types.ts'

/** Milliseconds that all checks together may take; the clean-up has its own 15 s on top. */
const allMs = 60_000

/**
 * The shopper's journey against any site, through nothing but its pages and REST contract. Emits a `check` for each
 * step, and takes back what it made even when a step fails or the run is interrupted.
 *
 * @returns A report whose `ok` says whether everything holds; a site that does not answer is a report too.
 * @throws BookstoreError 'wrong-url' (status 64); the signal's reason when interrupted, after the clean-up; or why the report could not be written.
 */
export async function runSmoke(options: SmokeOptions, ctx: Context): Promise<SmokeReport> {
  const origin = originOf(options.url)
  const started = ctx.clock.now()
  const http = new HttpClient(origin, options.ca, options.address)
  try {
    const checks = await journey(options, origin, http, ctx)
    for (const address of options.further ?? []) checks.push(...(await lookAt(address, options, origin, ctx)))
    const result: SmokeReport = {
      ok: checks.every(({ ok }) => ok),
      url: origin.origin,
      readOnly: options.readOnly === true,
      startedAt: started.toISOString(),
      durationMs: ctx.clock.now().getTime() - started.getTime(),
      checks,
    }
    if (options.report !== undefined) await writeReport(options.report, result)
    return result
  } finally {
    http.close()
  }
}

/** The names of its checks say where. */
async function lookAt(address: string, options: SmokeOptions, origin: URL, ctx: Context): Promise<SmokeCheck[]> {
  const named = <T extends { name: string }>(check: T): T => ({ ...check, name: `${check.name} (${address})` })
  const emit: Context['emit'] = (event) => ctx.emit(event.type === 'check' ? named(event) : event)
  const http = new HttpClient(origin, options.ca, address)
  try {
    return (await journey({ ...options, readOnly: true }, origin, http, { ...ctx, emit })).map(named)
  } finally {
    http.close()
  }
}

async function journey(options: SmokeOptions, origin: URL, http: HttpClient, ctx: Context): Promise<SmokeCheck[]> {
  const deadline = AbortSignal.timeout(allMs)
  const visit: Visit = {
    options,
    origin,
    http,
    clock: ctx.clock,
    signal: AbortSignal.any([ctx.signal, deadline]),
    cleanup: new Cleanup(),
    mark: randomBytes(5).toString('hex'),
  }
  let left: SmokeCheck | undefined
  try {
    const checks = await runSteps(stepsFor(options), visit, ctx, deadline)
    left = await cleanUp(visit, ctx)
    return options.readOnly ? checks : [...checks, left]
  } finally {
    if (!left) await cleanUp(visit, ctx)
  }
}

/** With a signal of its own: an interrupted run cleans up as well. */
async function cleanUp(visit: Visit, ctx: Context): Promise<SmokeCheck> {
  const started = ctx.clock.now().getTime()
  const left = await visit.cleanup.run({ ...visit, signal: AbortSignal.timeout(cleanupMs) })
  const check: SmokeCheck = {
    name: 'nothing left behind',
    ok: left.length === 0,
    durationMs: ctx.clock.now().getTime() - started,
    ...(left.length === 0 ? {} : { message: left.map(({ what, why }) => `Still there: ${what}. ${why}`).join(' ') }),
  }
  if (!visit.options.readOnly) report(check, ctx)
  return check
}

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' && url.hostname !== '' && url.username === '' && url.password === '')
    return new URL(url.origin)
  throw new BookstoreError(`'${text}' is not the address of a shop.`, {
    code: 'wrong-url',
    fault: 'user',
    status: exit.usage,
    hint: 'Give an address that begins with https://, such as --url https://bookstore.localhost:8443',
  })
}
