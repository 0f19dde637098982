import type { Lease } from '../engine/lease.ts'
import {
  expiresAfterMs,
  holderOf,
  type LeaseEntry,
  leaseBusy,
  leaseLost,
  newEntry,
  parseEntry,
  renewEveryMs,
} from '../engine/lease-entry.ts'
import { stateOf } from '../engine/process-identity.ts'
import type { Clock, Context } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import type { Aws } from './clients.ts'
import { isAbsent } from './errors.ts'
import type { Parameters } from './parameters.ts'

/** So long after a renewal nobody can have taken it over, whatever the clocks say to a few seconds. */
const sureForMs = 40_000
/** Older generations that are kept, so that a slow taker cannot make one of them anew. */
const kept = 3

interface Entry extends LeaseEntry {
  /** It ended while it did not know whether a create had taken effect. */
  unsettled?: boolean
}

interface Generation {
  number: number
  entry: Entry | undefined
}

export interface AwsLease extends Lease {
  /** Nothing is written any more, not even that it is released: its parameter is about to go, with all others. */
  end(): Promise<void>
}

export interface LeaseRequest {
  aws: Aws
  parameters: Parameters
  verb: string
}

/**
 * Takes the lease of a stack. Each owner is a parameter with a number, and the highest number counts. PutParameter
 * without Overwrite has one winner (API_PutParameter, ParameterAlreadyExists), so two takers cannot both win; and no
 * name is used twice, so that the 30 s that a deleted name must rest (API_DeleteParameter) do not matter.
 *
 * Where the last owner did not release it, or was not sure of all that it did, `aws.cautiousUntil` is set.
 *
 * @throws BookstoreError 'busy' with status 75 while its owner lives.
 */
export async function takeAwsLease(request: LeaseRequest, ctx: Context): Promise<AwsLease> {
  for (;;) {
    const current = highest(await generations(request.parameters, ctx))
    if (current?.entry && !current.entry.released) await untilFree(current.entry, request, ctx)
    const number = (current?.number ?? 0) + 1
    const entry = await newEntry(request.verb, ctx.clock)
    const mine = await made(request, number, entry, ctx)
    if (mine === undefined) continue
    const { others } = mine
    if (others.some((other) => other.number > number)) {
      await request.parameters.remove([nameOf(number)], ctx)
      continue
    }
    const { entry: before } = current ?? {}
    if (current && (before === undefined || !before.released || before.unsettled)) {
      request.aws.cautiousUntil = ctx.clock.now().getTime() + request.aws.consistencyMs
    }
    const old = others.filter((other) => other.number <= number - kept).map((other) => nameOf(other.number))
    if (old.length > 0) await request.parameters.remove(old, ctx)
    return new ParameterLease(request, number, entry, ctx)
  }
}

/** What stands once this entry does; undefined when somebody else has made that number. */
async function made(request: LeaseRequest, number: number, entry: Entry, ctx: Context) {
  const { parameters } = request
  try {
    if (!(await parameters.create(nameOf(number), format(entry), ctx))) return undefined
    return { others: await generations(parameters, ctx) }
  } catch (error) {
    await giveBack(request, number, entry, ctx.clock).catch(() => {})
    throw error
  }
}

/** Whoever is interrupted here may have it without knowing, and others would wait a minute for nobody. */
async function giveBack({ aws, parameters }: LeaseRequest, number: number, entry: Entry, clock: Clock): Promise<void> {
  const ctx: Context = { clock, signal: AbortSignal.timeout(1_500), emit: () => {} }
  const found = (await generations(parameters, ctx)).find((each) => each.number === number)
  if (found?.entry?.token !== entry.token) return
  const unsettled = aws.unsettled > 0 ? { unsettled: true } : {}
  await parameters.overwrite(nameOf(number), format({ ...entry, released: true, ...unsettled }), ctx)
}

class ParameterLease implements AwsLease {
  readonly #request: LeaseRequest
  readonly #name: string
  readonly #clock: Clock
  readonly #ended = new AbortController()
  readonly #renewing: Promise<void>
  #entry: Entry
  #confirmed: number

  constructor(request: LeaseRequest, number: number, entry: Entry, { clock }: Context) {
    this.#request = request
    this.#name = nameOf(number)
    this.#entry = entry
    this.#clock = clock
    this.#confirmed = Date.parse(entry.renewed)
    this.#renewing = this.#renew()
  }

  async check(): Promise<void> {
    if (this.#clock.now().getTime() - this.#confirmed < sureForMs) return
    const context = this.#context(AbortSignal.timeout(20_000))
    const current = highest(await generations(this.#request.parameters, context))
    if (current?.entry?.token !== this.#entry.token) throw leaseLost(current?.entry)
    await this.#write({ ...this.#entry, renewed: this.#clock.now().toISOString() }, AbortSignal.timeout(20_000))
  }

  async end(): Promise<void> {
    this.#ended.abort()
    await this.#renewing
  }

  /** What cannot be said to AWS any more is found out by whoever comes next, when it has expired. */
  async release(): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    await this.#renewing
    const unsettled = this.#request.aws.unsettled > 0
    await this.#write(
      { ...this.#entry, released: true, ...(unsettled ? { unsettled } : {}) },
      AbortSignal.timeout(1_500),
    ).catch(() => {})
  }

  async #renew(): Promise<void> {
    for (;;) {
      const slept = await this.#clock.sleep(renewEveryMs, this.#ended.signal).then(
        () => true,
        () => false,
      )
      if (!slept) return
      const renewed = this.#clock.now().toISOString()
      await this.#write({ ...this.#entry, renewed }, this.#ended.signal).catch(() => {})
    }
  }

  async #write(entry: Entry, signal: AbortSignal): Promise<void> {
    await this.#request.parameters.overwrite(this.#name, format(entry), this.#context(signal)).catch((error) => {
      // `down` removes it with all other parameters.
      if (!isAbsent(error)) throw error
    })
    this.#entry = entry
    this.#confirmed = Date.parse(entry.renewed)
  }

  #context(signal: AbortSignal): Context {
    return { clock: this.#clock, signal, emit: () => {} }
  }
}

/** Waits, visibly, for an owner that has not been heard of lately; refuses at once for one that has. */
async function untilFree(entry: Entry, { parameters }: LeaseRequest, ctx: Context): Promise<void> {
  const state = await stateOf(entry.owner)
  if (state === 'running') throw leaseBusy(entry)
  if (state !== 'elsewhere') return
  const silentMs = ctx.clock.now().getTime() - Date.parse(entry.renewed)
  if (silentMs >= expiresAfterMs) return
  if (silentMs < renewEveryMs * 1.5) throw leaseBusy(entry)
  const forMs = expiresAfterMs - silentMs
  ctx.emit({ type: 'waiting', for: `the lease of ${holderOf(entry)}`, forMs })
  await ctx.clock.sleep(forMs, ctx.signal)
  const now = highest(await generations(parameters, ctx))
  if (now?.entry?.token === entry.token && now.entry.renewed !== entry.renewed) throw leaseBusy(now.entry)
}

async function generations(parameters: Parameters, ctx: Context): Promise<readonly Generation[]> {
  return (await parameters.fresh(ctx)).flatMap(({ name, value }) => {
    const number = Number(/^lease\/(\d+)$/.exec(name)?.[1] ?? 0)
    return number > 0 ? [{ number, entry: parseEntry(value.reveal()) }] : []
  })
}

function highest(found: readonly Generation[]): Generation | undefined {
  return found.toSorted((a, b) => b.number - a.number)[0]
}

const nameOf = (number: number) => `lease/${number}`
const format = (entry: Entry) => new Secret(JSON.stringify(entry))
