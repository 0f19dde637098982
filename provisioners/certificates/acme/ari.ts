import type { Context } from '../../engine/resource.ts'
import { retryAfterMs } from '../../engine/retry-after.ts'
import type { KeptCertificate, Suggestion, Window } from '../kept/store.ts'
import type { Directory } from './client.ts'
import { type HttpAnswer, Transport } from './transport.ts'
import type { AcmeAuthority } from './types.ts'

const minute = 60_000
const hour = 60 * minute
/** Between two questions, whatever Retry-After says (RFC 9773, section 4.3.2, wants sane limits). */
const shortestPauseMs = minute
const longestPauseMs = 24 * hour
const usualPauseMs = 6 * hour

/** The name of a certificate in ARI: key identifier of its issuer and serial number (RFC 9773, section 4.1). */
export async function ariIdentifier({ chain, x509 }: KeptCertificate): Promise<string | undefined> {
  const { authorityKeyId } = await import('../x509.ts')
  const keyId = authorityKeyId(chain)
  if (keyId === undefined) return undefined
  const serial = Buffer.from(x509.serialNumber, 'hex')
  // A DER integer whose first bit is set has a zero before it.
  const der = (serial[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), serial]) : serial
  return `${keyId.toString('base64url')}.${der.toString('base64url')}`
}

/**
 * What the authority suggests for a certificate. It is asked no more often than it likes; the moment in its window is
 * drawn once and remembered, so that all runs agree on it. An authority that cannot be asked, or offers nothing, makes
 * no error: the window that was known stays.
 */
export async function suggestionFor(
  certificate: KeptCertificate,
  authority: AcmeAuthority,
  known: Suggestion | undefined,
  ctx: Context,
): Promise<Suggestion> {
  const ours = known?.certificate === certificate.id ? known : undefined
  const now = ctx.clock.now().getTime()
  if (ours && now < Date.parse(ours.askAfter)) return ours
  const asked = await askAuthority(certificate, authority, ctx).catch(() => undefined)
  ctx.signal.throwIfAborted()
  if (!asked) return { ...ours, certificate: certificate.id, askAfter: iso(now + (ours ? hour : usualPauseMs)) }
  const askAfter = iso(now + asked.pauseMs)
  if (!asked.window) return { certificate: certificate.id, askAfter }
  const same = ours?.window?.start === asked.window.start && ours.window.end === asked.window.end
  const chosen = same && ours.chosen !== undefined ? ours.chosen : draw(asked.window, certificate)
  const explanation = asked.explanation === undefined ? {} : { explanation: asked.explanation }
  return { certificate: certificate.id, window: asked.window, chosen, askAfter, ...explanation }
}

/** Anywhere in the window, with the same chance (RFC 9773, section 4.2), and never after the end. */
function draw({ start, end }: Window, { notAfter }: KeptCertificate): string {
  const from = Date.parse(start)
  const to = Math.min(Date.parse(end), notAfter.getTime())
  return iso(from + Math.random() * Math.max(0, to - from))
}

export interface Asked {
  window?: Window
  /** URL where the authority explains an unusual window. */
  explanation?: string
  /** Until it wants to be asked again. */
  pauseMs: number
  /** The authority's clock minus ours, in ms. */
  clockSkewMs?: number
}

/** Asks now, whatever was asked before. Neither an account nor a signature is needed. */
export async function askAuthority(
  certificate: KeptCertificate | undefined,
  authority: AcmeAuthority,
  ctx: Context,
): Promise<Asked> {
  const transport = new Transport(authority.ca)
  try {
    const get = (url: string) => transport.send(url, { method: 'GET', signal: ctx.signal })
    const { body, headers } = await get(authority.directory)
    const { renewalInfo } = JSON.parse(body) as Directory
    const skew = Date.parse(headers.date ?? '') - ctx.clock.now().getTime()
    const clock = Number.isNaN(skew) ? {} : { clockSkewMs: skew }
    const identifier = renewalInfo === undefined || !certificate ? undefined : await ariIdentifier(certificate)
    if (identifier === undefined) return { pauseMs: usualPauseMs, ...clock }
    return { ...answerOf(await get(`${renewalInfo}/${identifier}`), ctx.clock.now()), ...clock }
  } finally {
    transport.close()
  }
}

function answerOf({ status, headers, body }: HttpAnswer, now: Date): Asked {
  const asked = retryAfterMs(headers['retry-after'], now) || usualPauseMs
  const pauseMs = Math.min(Math.max(asked, shortestPauseMs), longestPauseMs)
  return status === 200 ? { ...parse(body), pauseMs } : { pauseMs }
}

/** A window whose end does not follow its start is none (RFC 9773, section 4.2). */
function parse(body: string): Omit<Asked, 'pauseMs'> {
  const { suggestedWindow, explanationURL } = JSON.parse(body) as { suggestedWindow?: Window; explanationURL?: string }
  const { start = '', end = '' } = suggestedWindow ?? {}
  if (!(Date.parse(start) < Date.parse(end))) return {}
  return { window: { start, end }, ...(explanationURL === undefined ? {} : { explanation: explanationURL }) }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
