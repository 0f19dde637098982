import { challengeName } from '../../dns/delegation.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Diary, KeptCertificate, Suggestion } from '../kept/store.ts'
import { ariIdentifier, suggestionFor } from './ari.ts'
import { retire } from './challenges.ts'
import { authorityName } from './errors.ts'
import { type Issuing, issue } from './issue.ts'
import { asksFor, KeptOrder } from './order.ts'
import { say } from './say.ts'
import { dueTime, nextAttempt, reasonToOrder } from './schedule.ts'
import type { CertificateDeps, CertificateRequest, Ensured } from './types.ts'

/**
 * Sees to it that a good certificate stands in the store: issues the first one, goes on with an order that a killed run
 * left, renews when it is due, and else does nothing, without asking anybody but, now and then, the authority for its
 * renewal window. Safe to be called by any number of processes at any time; often is good (hourly, from a timer).
 *
 * The certificate that stands is never touched by a failure. Failures are noted in the store; with `unattended` they
 * put the next try off. A time that the authority has named is respected in any case.
 *
 * @throws BookstoreError 'rate-limited' (with `details.retryAt`), 'caa-forbids', 'challenge-failed', 'dns-not-shown',
 *   'terms-not-agreed', 'by-hand', 'clock-wrong', 'authority-unreachable', 'busy' and what the DNS provider throws.
 */
export async function ensureCertificate(
  request: CertificateRequest,
  deps: CertificateDeps,
  ctx: Context,
): Promise<Ensured> {
  const before = (await deps.store.current())?.id
  const ensured = await deps.store.locked(() => ensure(request, deps, ctx), ctx)
  return { ...ensured, changed: ensured.certificate?.id !== before }
}

type Found = Omit<Ensured, 'changed'>

async function ensure(request: CertificateRequest, deps: CertificateDeps, ctx: Context): Promise<Found> {
  const { store } = deps
  const unfinished = await tidyOrders(request, deps, ctx)
  const current = await store.current()
  const suggestion = await refreshSuggestion(current, request, deps, ctx)
  const now = ctx.clock.now()
  const wanted = { names: request.names, authority: request.authority.directory }
  const due = reasonToOrder(current, wanted, suggestion, now)
  const because = unfinished ? 'an order was under way' : request.force ? 'you asked for it' : due
  if (because === undefined && current) return stays(current, suggestion)
  const diary = await store.diary()
  const later = waitsUntil(diary, request, now)
  if (later) return { certificate: current, because: `not tried before ${later.toISOString()}`, nextCheck: later }
  try {
    const certificate = await obtain(request, current, unfinished, deps, ctx)
    await store.saveDiary({})
    return { certificate, because: because ?? 'it was due', nextCheck: dueTime(certificate, undefined) }
  } catch (error) {
    ctx.signal.throwIfAborted()
    await noteFailure(error, deps, ctx)
    throw error
  }
}

function stays(current: KeptCertificate, suggestion: Suggestion | undefined): Found {
  const due = dueTime(current, suggestion)
  const asking = suggestion ? new Date(suggestion.askAfter) : due
  return {
    certificate: current,
    because: `not due before ${due.toISOString().slice(0, 10)}`,
    nextCheck: new Date(Math.min(asking.getTime(), due.getTime())),
  }
}

/** Cleans up after orders that nobody wants any more. True when one is under way that is wanted. */
async function tidyOrders(request: CertificateRequest, deps: CertificateDeps, ctx: Context): Promise<boolean> {
  const { names, profile, authority, staging } = request
  const extras = profile === undefined ? {} : { profile }
  const wished = (directory: string) => ({ authority: directory, names, ...extras })
  const wishes = [authority, ...(staging ? [staging] : [])].map(({ directory }) => wished(directory))
  const orders = await deps.store.orders()
  for (const order of orders) {
    if (wishes.some((wish) => asksFor(order, wish))) continue
    await retire(new KeptOrder(order, deps.store), deps, ctx)
  }
  return orders.some((order) => asksFor(order, wished(authority.directory)))
}

/** Only the authority that signed a certificate knows when it would like it renewed. */
async function refreshSuggestion(
  current: KeptCertificate | undefined,
  { authority }: CertificateRequest,
  { store }: CertificateDeps,
  ctx: Context,
): Promise<Suggestion | undefined> {
  if (current?.authority !== authority.directory) return undefined
  const diary = await store.diary()
  const suggestion = await suggestionFor(current, authority, diary.suggestion, ctx)
  if (suggestion !== diary.suggestion) await store.saveDiary({ ...diary, suggestion })
  return suggestion
}

/** A pause after failures is for timers; a person who tries again has perhaps mended something. */
function waitsUntil(diary: Diary, { unattended = false, authority }: CertificateRequest, now: Date): Date | undefined {
  const later = nextAttempt(unattended ? diary : retryOnly(diary), now)
  if (!later || unattended) return later
  throw new BookstoreError(`${authorityName(authority)} is not to be asked before ${later.toISOString()}.`, {
    code: 'rate-limited',
    fault: 'remote',
    hint: `Run the same command again then. It said: ${diary.failure?.message ?? 'too many requests'}`,
    details: { retryAt: later.toISOString() },
  })
}

function retryOnly({ retryAt }: Diary): Diary {
  return retryAt === undefined ? {} : { retryAt }
}

async function obtain(
  request: CertificateRequest,
  current: KeptCertificate | undefined,
  unfinished: boolean,
  deps: CertificateDeps,
  ctx: Context,
): Promise<KeptCertificate> {
  const { authority, staging } = request
  if (deps.provider.byHand && request.unattended) throw byHand()
  await checkZones(request, deps, ctx)
  if (staging && !unfinished) {
    say(`trying it at ${authorityName(staging)} first`, deps, ctx)
    await issue({ authority: staging, request, deps }, async () => {}, ctx)
  }
  const offered = (await deps.store.diary()).suggestion?.window !== undefined
  const replaces = current && offered ? await ariIdentifier(current) : undefined
  const issuing: Issuing = { authority, request, deps, ...(replaces === undefined ? {} : { replaces }) }
  return issue(issuing, ({ chain, key }) => deps.store.keep({ chain, key, authority: authority.directory }), ctx)
}

/** That we may write where the challenges go is found out before anything is ordered. */
async function checkZones({ names }: CertificateRequest, { provider, view = {} }: CertificateDeps, ctx: Context) {
  for (const name of new Set(names.map((it) => it.replace(/^\*\./, '')))) {
    await provider.findZone(await challengeName(name, view, ctx), ctx)
  }
}

async function noteFailure(error: unknown, { store }: CertificateDeps, { clock }: Context): Promise<void> {
  const diary = await store.diary()
  const { code, message, retryAt } = factsOf(error)
  const failure = { count: (diary.failure?.count ?? 0) + 1, at: clock.now().toISOString(), code, message }
  await store.saveDiary({ ...diary, failure, ...(retryAt === undefined ? {} : { retryAt }) })
}

function factsOf(error: unknown): { code: string; message: string; retryAt?: string } {
  if (!(error instanceof BookstoreError)) return { code: 'unexpected', message: String(error) }
  const { code, message, details } = error
  return typeof details.retryAt === 'string' ? { code, message, retryAt: details.retryAt } : { code, message }
}

function byHand(): BookstoreError {
  return new BookstoreError('The certificate is due, and the provider `manual` needs a person who makes DNS records.', {
    code: 'by-hand',
    fault: 'user',
    hint: 'Run `bookstore cert renew`, and make the records that it names.',
  })
}
