import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { retry } from '../engine/retry.ts'
import { retryAfterMs } from '../engine/retry-after.ts'

/** What a vendor's error body says, in the vendor's own words. */
export interface Complaint {
  code: string
  message: string
  /** Seconds, where the vendor says it in the body. */
  retryAfter?: number
}

export interface Vendor {
  /** 'cloudflare' */
  name: string
  /** Without a slash at its end. */
  base: string
  /** Made anew for each call, so that no secret lies around in between. */
  headers(): Record<string, string>
  /** Reads an error body; `undefined` when it is none of theirs. */
  complaintOf(body: unknown): Complaint | undefined
  /** What to do about 401 and 403. */
  refusedHint(complaint: Complaint): string
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Starts with a slash; already encoded. */
  path: string
  query?: Record<string, string>
  body?: unknown
  /** Statuses of failures that the caller understands. Success is always accepted. */
  accept?: readonly number[]
}

export interface Answer {
  status: number
  /** Parsed JSON, or `undefined` when there is none. */
  body: unknown
}

const timeoutMs = 30_000
/** We wait as long as this within a run. Who is told to wait longer had better come back. */
const longestWaitMs = 120_000
const repeated = [
  'rate-limited',
  '502',
  '503',
  '504',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]

/**
 * One call of a vendor's REST interface. All our calls are idempotent, so broken connections, overload and short rate
 * limits are tried again, five times in all.
 *
 * @throws BookstoreError as the contract in provider.ts says.
 */
export async function rest(vendor: Vendor, call: Call, ctx: Context): Promise<Answer> {
  const options = { codes: repeated, attempts: 5, firstDelayMs: 1_000, address: addressOf(vendor) }
  try {
    return await retry(() => attempt(vendor, call, ctx), options, ctx)
  } catch (error) {
    ctx.signal.throwIfAborted()
    throw describe(vendor, error, ctx)
  }
}

/** Has the `code` that `retry` looks at. */
class Failed extends Error {
  readonly code: string
  readonly status: number
  readonly complaint: Complaint
  readonly retryAfterMs: number

  constructor(status: number, complaint: Complaint, retryAfterMs: number) {
    super(complaint.message)
    this.code = status === 429 && retryAfterMs <= longestWaitMs ? 'rate-limited' : String(status)
    this.status = status
    this.complaint = complaint
    this.retryAfterMs = retryAfterMs
  }
}

async function attempt(vendor: Vendor, call: Call, ctx: Context): Promise<Answer> {
  const url = `${vendor.base}${call.path}${call.query ? `?${new URLSearchParams(call.query)}` : ''}`
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) }
  const json = call.body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, {
    method: call.method,
    headers: { accept: 'application/json', ...json, ...vendor.headers() },
    signal: AbortSignal.any([ctx.signal, AbortSignal.timeout(timeoutMs)]),
    redirect: 'error',
    ...body,
  }).catch(withCode)
  const answer = { status: response.status, body: parse(await response.text().catch(withCode)) }
  if (response.ok || call.accept?.includes(response.status)) return answer
  const complaint = vendor.complaintOf(answer.body) ?? { code: String(response.status), message: response.statusText }
  const said = complaint.retryAfter === undefined ? response.headers.get('retry-after') : String(complaint.retryAfter)
  const failed = new Failed(response.status, complaint, retryAfterMs(said, ctx.clock.now()))
  if (failed.code === 'rate-limited') await waitFor(vendor, failed.retryAfterMs, ctx)
  throw failed
}

async function waitFor(vendor: Vendor, ms: number, ctx: Context): Promise<void> {
  ctx.emit({ type: 'waiting', for: `${vendor.name} to take requests again`, forMs: ms })
  await ctx.clock.sleep(ms, ctx.signal)
}

/** fetch hides the system's code one level down, and a timeout has a name instead. */
function withCode(error: unknown): never {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  const code = name === 'TimeoutError' ? 'ETIMEDOUT' : cause?.code
  throw Object.assign(new Error(cause?.message ?? message, { cause: error }), code === undefined ? {} : { code })
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function addressOf({ name }: Vendor): `dns.${string}/request` {
  return `dns.${name}/request`
}

function describe(vendor: Vendor, error: unknown, { clock }: Context): unknown {
  if (error instanceof BookstoreError) return error
  if (!(error instanceof Failed)) return unreachable(vendor, error)
  const { status, complaint, retryAfterMs } = error
  const said = `${complaint.message} (${complaint.code})`
  const details = { status, vendorCode: complaint.code }
  if (status === 401 || status === 403) {
    const hint = vendor.refusedHint(complaint)
    return new BookstoreError(`${vendor.name} refuses: ${said}.`, { code: 'dns-refused', fault: 'user', hint, details })
  }
  if (status === 429) {
    const retryAt = new Date(clock.now().getTime() + retryAfterMs).toISOString()
    return new BookstoreError(`${vendor.name} takes no more requests until ${retryAt}: ${said}.`, {
      code: 'rate-limited',
      fault: 'remote',
      hint: 'Run the same command again then.',
      details: { ...details, retryAt },
    })
  }
  return new BookstoreError(`${vendor.name} answers ${status}: ${said}.`, {
    code: 'dns-failed',
    fault: 'remote',
    details,
  })
}

function unreachable(vendor: Vendor, error: unknown): BookstoreError {
  const { host } = new URL(vendor.base)
  return new BookstoreError(`${vendor.name} cannot be reached at ${host}: ${(error as Error).message}.`, {
    code: 'dns-unreachable',
    fault: 'remote',
    hint: 'Check the connection of this computer to the internet, then run the same command again.',
    cause: error,
  })
}
