import { createPrivateKey } from 'node:crypto'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Secret } from '../../engine/secret.ts'
import type { CertificateStore } from '../kept/store.ts'
import { parseCertificate } from '../store.ts'
import { openAccount } from './account.ts'
import { checkCaa } from './caa.ts'
import { proveControl, removeValues, retire } from './challenges.ts'
import type { AcmeClient, AcmeOrder } from './client.ts'
import { authorityName, describeAcme } from './errors.ts'
import { type KeptOrder, type OpenOrder, openOrder } from './order.ts'
import { whileStatus } from './poll.ts'
import { AcmeProblem, type ProblemDocument } from './problem.ts'
import { say } from './say.ts'
import type { AcmeAuthority, CertificateDeps, CertificateRequest } from './types.ts'

export interface Issuing {
  authority: AcmeAuthority
  request: CertificateRequest
  /** Identifier of the certificate that is renewed. */
  replaces?: string
  deps: CertificateDeps
}

export interface Issued {
  /** PEM, leaf first. */
  chain: string
  key: Secret
}

/** Seconds are enough to remove values when a run was interrupted, and no operator waits longer. */
const usualTidyingMs = 20_000

/**
 * Gets one certificate from one authority, from the account to the download, one step after the other. Killed at any
 * instant, the next call goes on with the same order and key.
 *
 * @param use What to do with the certificate; the order is forgotten only then.
 * @throws BookstoreError.
 */
export async function issue<T>(issuing: Issuing, use: (issued: Issued) => Promise<T>, ctx: Context): Promise<T> {
  const { authority, deps } = issuing
  try {
    return await once(issuing, use, ctx).catch(async (error) => {
      // An authority that has lost our account (a staging one that was wiped) gets to know us again.
      if (!(error instanceof AcmeProblem && error.code === 'accountDoesNotExist')) throw error
      await forgetAccount(authority, deps.store)
      return once(issuing, use, ctx)
    })
  } catch (error) {
    ctx.signal.throwIfAborted()
    throw describeAcme(error, authority, ctx.clock.now())
  }
}

async function forgetAccount({ directory }: AcmeAuthority, store: CertificateStore): Promise<void> {
  const account = await store.account(directory)
  if (account) await store.saveAccount(directory, { key: account.key })
}

async function once<T>(issuing: Issuing, use: (issued: Issued) => Promise<T>, ctx: Context): Promise<T> {
  const { authority, request, replaces, deps } = issuing
  const { client, account } = await openAccount(authority, request, deps.store, ctx)
  try {
    await checkCaa(client, authority, account, request.names, deps.view ?? {}, ctx)
    warnAboutClock(client, authority, ctx)
    say(`ordering at ${authorityName(authority)}`, deps, ctx)
    const { directory } = authority
    const { names, profile } = request
    const extras = { ...(profile === undefined ? {} : { profile }), ...(replaces === undefined ? {} : { replaces }) }
    const found = (await deps.store.orders()).find((order) => order.authority === directory)
    const open = await openOrder(client, { authority: directory, names, ...extras }, found, deps.store, ctx)
    return await carryOut(client, open, issuing, use, ctx)
  } finally {
    client.close()
  }
}

async function carryOut<T>(
  client: AcmeClient,
  { kept, state }: OpenOrder,
  { deps }: Issuing,
  use: (issued: Issued) => Promise<T>,
  ctx: Context,
): Promise<T> {
  try {
    if (state.status === 'pending') await proveControl(client, state, kept, deps, ctx)
    const chain = await download(client, state.url, kept, deps, ctx)
    const result = await use({ chain, key: kept.value.key })
    await retire(kept, deps, tidying(deps, ctx))
    return result
  } catch (error) {
    const failed = error instanceof BookstoreError && hopeless.includes(error.code)
    await (failed ? retire : removeValues)(kept, deps, tidying(deps, ctx))
    throw error
  }
}

/** After these the authority has given the order up. */
const hopeless = ['challenge-failed', 'caa-forbids', 'order-failed', 'certificate-wrong']

/** What was written is removed also when the run was told to stop. */
function tidying({ tidyingMs = usualTidyingMs }: CertificateDeps, ctx: Context): Context {
  return ctx.signal.aborted ? { ...ctx, signal: AbortSignal.timeout(tidyingMs) } : ctx
}

async function download(
  client: AcmeClient,
  url: string,
  kept: KeptOrder,
  deps: CertificateDeps,
  ctx: Context,
): Promise<string> {
  const read = () => client.order(url)
  const { names, key } = kept.value
  const proven = await whileStatus(['pending', 'processing'], 'the order', read, client, ctx)
  if (proven.status === 'ready') {
    say('asking for the certificate', deps, ctx)
    await client.finalize(proven, names, key.reveal()).catch((error) => onlyIfReady(error, read))
  }
  const signed =
    proven.status === 'ready' ? await whileStatus(['ready', 'processing'], 'the order', read, client, ctx) : proven
  if (signed.status !== 'valid') throw orderFailed(signed)
  const chain = await client.certificate(signed)
  verify(chain, key, names)
  return chain
}

/** The answer to an earlier attempt may have been lost: then the order has gone on already. */
async function onlyIfReady(error: unknown, read: () => Promise<AcmeOrder>): Promise<void> {
  if (!(error instanceof AcmeProblem) || (await read()).status === 'ready') throw error
}

function verify(chain: string, key: Secret, names: readonly string[]): void {
  const { x509, names: found } = parseCertificate(chain)
  const fits = x509.checkPrivateKey(createPrivateKey(key.reveal()))
  const missing = names.filter((name) => !found.includes(name))
  if (fits && missing.length === 0) return
  const why = fits ? `it is not for ${missing.join(', ')}` : 'it is for another key'
  throw new BookstoreError(`The authority sent a certificate that is not what was asked for: ${why}.`, {
    code: 'certificate-wrong',
    fault: 'remote',
    hint: 'Run the same command again; a new order is placed.',
  })
}

function orderFailed({ error, status }: AcmeOrder): BookstoreError {
  const problem = new AcmeProblem(0, (error as ProblemDocument | undefined) ?? { detail: `it is ${status}` })
  return new BookstoreError(`The authority has given the order up: ${problem.message}.`, {
    code: 'order-failed',
    fault: 'remote',
    hint: 'Run the same command again; a new order is placed.',
    details: { problem: problem.code },
  })
}

/** Half an hour is more than any clock is off that is looked after. */
function warnAboutClock({ clockSkewMs = 0 }: AcmeClient, authority: AcmeAuthority, ctx: Context): void {
  if (Math.abs(clockSkewMs) < 1_800_000) return
  const theirs = new Date(ctx.clock.now().getTime() + clockSkewMs).toISOString()
  const message = `Here it is ${ctx.clock.now().toISOString()}, at ${authorityName(authority)} ${theirs}: one clock is wrong.`
  const hint = 'Renewals come at the wrong time, or not at all, while it is.'
  ctx.emit({ type: 'note', level: 'warning', message, hint })
}
