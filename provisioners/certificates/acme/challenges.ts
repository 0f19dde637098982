import { waitUntilShown } from '../../dns/authoritative.ts'
import { challengeName } from '../../dns/delegation.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { TxtValue } from '../kept/store.ts'
import type { AcmeClient, AcmeOrder, Authorization, Challenge } from './client.ts'
import type { KeptOrder } from './order.ts'
import { whileStatus } from './poll.ts'
import { AcmeProblem, type ProblemDocument } from './problem.ts'
import type { CertificateDeps } from './types.ts'

interface Pending {
  /** URL of the authorization. */
  url: string
  /** The name that is proven, for a person. */
  name: string
  challenge: Challenge
  txt: TxtValue
}

/**
 * Proves control of all names of an order: writes every value, waits until every authoritative server shows them, and
 * only then asks the authority to look. Values are noted in the order before they are written; `removeValues` is the
 * caller's, whatever happens here.
 *
 * @throws BookstoreError 'challenge-failed', and what writing and waiting throw.
 */
export async function proveControl(
  client: AcmeClient,
  state: AcmeOrder,
  kept: KeptOrder,
  { provider, view = {} }: CertificateDeps,
  ctx: Context,
): Promise<void> {
  const pending: Pending[] = []
  for (const url of state.authorizations) pending.push(...(await open(client, url, view, ctx)))
  if (pending.length === 0) return
  const values = pending.map(({ txt }) => txt)
  await kept.change({ values: union(kept.value.values, values) })
  for (const { name, value } of values) await provider.addTxt(name, value, ctx)
  await waitUntilShown(byName(values), view, provider.patienceMs, ctx)
  for (const { challenge } of pending) await complete(client, challenge)
  for (const one of pending) await validated(client, one, ctx)
}

/** Ends an order of which nothing is wanted any more. It is kept while a value could not be removed. */
export async function retire(kept: KeptOrder, deps: CertificateDeps, ctx: Context): Promise<void> {
  await removeValues(kept, deps, ctx)
  if (kept.value.values.length === 0) await kept.remove()
  else await kept.change({ over: true })
}

/** Removes one value after the other, also those of a run that was killed. What fails is told, and left for the next run. */
export async function removeValues(kept: KeptOrder, { provider }: CertificateDeps, ctx: Context): Promise<void> {
  for (const txt of kept.value.values) {
    try {
      await provider.removeTxt(txt.name, txt.value, ctx)
      await kept.change({ values: kept.value.values.filter((other) => other !== txt) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const hint = 'The next run tries it again; it does no harm where it is.'
      ctx.emit({ type: 'note', level: 'warning', message: `A TXT value stays at ${txt.name}: ${why}`, hint })
    }
  }
}

/** Nothing for a name that is proven already: authorities remember for some days. */
async function open(
  client: AcmeClient,
  url: string,
  view: CertificateDeps['view'] & object,
  ctx: Context,
): Promise<Pending[]> {
  const authorization = await client.authorization(url)
  const name = nameOf(authorization)
  if (authorization.status === 'valid') return []
  if (authorization.status !== 'pending') throw failed(name, authorization)
  const challenge = authorization.challenges.find(({ type }) => type === 'dns-01')
  if (!challenge) throw noDns(name)
  const place = await challengeName(authorization.identifier.value, view, ctx)
  return [{ url, name, challenge, txt: { name: place, value: await client.txtValue(challenge) } }]
}

/** One that a killed run has completed before is refused as malformed; what became of it shows below. */
async function complete(client: AcmeClient, challenge: Challenge): Promise<void> {
  if (challenge.status !== 'pending') return
  await client.complete(challenge).catch((error) => {
    if (!(error instanceof AcmeProblem && error.code === 'malformed')) throw error
  })
}

async function validated(client: AcmeClient, { url, name }: Pending, ctx: Context): Promise<void> {
  const read = () => client.authorization(url)
  const found = await whileStatus(['pending'], `the proof for ${name}`, read, client, ctx)
  if (found.status !== 'valid') throw failed(name, found)
}

function nameOf({ identifier, wildcard }: Authorization): string {
  return wildcard ? `*.${identifier.value}` : identifier.value
}

function union(some: readonly TxtValue[], more: readonly TxtValue[]): TxtValue[] {
  const known = (txt: TxtValue) => some.some(({ name, value }) => name === txt.name && value === txt.value)
  return [...some, ...more.filter((txt) => !known(txt))]
}

/** An apex and its wildcard have two values at one name. */
function byName(values: readonly TxtValue[]) {
  const names = [...new Set(values.map(({ name }) => name))]
  return names.map((name) => ({
    name,
    type: 'TXT' as const,
    values: values.filter((txt) => txt.name === name).map(({ value }) => value),
  }))
}

function failed(name: string, { status, challenges }: Authorization): BookstoreError {
  const error = challenges.find((challenge) => challenge.error)?.error as ProblemDocument | undefined
  const problem = new AcmeProblem(0, error ?? { detail: `its authorization is ${status}` })
  const caa = problem.code === 'caa'
  return new BookstoreError(`The authority does not accept the proof for ${name}: ${problem.message}.`, {
    code: caa ? 'caa-forbids' : 'challenge-failed',
    fault: caa ? 'user' : 'remote',
    hint: caa
      ? 'Change the CAA records of the domain, or take the authority that they name.'
      : 'All name servers showed the value, so look at what is between: DNSSEC, or servers that differ by place.',
    details: { name, problem: problem.code },
  })
}

function noDns(name: string): BookstoreError {
  return new BookstoreError(`The authority offers no proof by DNS for ${name}.`, {
    code: 'challenge-failed',
    fault: 'remote',
    hint: 'Take an authority that offers dns-01.',
  })
}
