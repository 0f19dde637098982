import type { Context } from '../../engine/resource.ts'
import type { CertificateStore, Diary, Failure, KeptCertificate, Suggestion, Window } from '../kept/store.ts'
import { meet, type Served, type ServingAddress } from '../served.ts'
import { askAuthority } from './ari.ts'
import { findReasons, type Reason } from './reasons.ts'
import { dueTime, lateTime, nextAttempt } from './schedule.ts'
import type { AcmeAuthority } from './types.ts'

export interface StatusRequest {
  names: readonly string[]
  authority: AcmeAuthority
  /** Every node that serves the site; nobody is asked when it is empty. */
  serving: readonly ServingAddress[]
  /** PEM of an authority that clients of this site trust beside the usual ones. */
  trust?: string
}

/** Times are ISO 8601. */
export interface CertificateStatus {
  /** No reason is grave. */
  holds: boolean
  /** Grave ones first. */
  reasons: readonly Reason[]
  file:
    | { names: readonly string[]; notBefore: string; notAfter: string; fingerprint: string; authority: string }
    | undefined
  /** One a node and name; wildcards cannot be asked for. */
  served: readonly Served[]
  renewal: {
    due?: string
    late?: string
    window?: Window
    explanation?: string
    failure?: Failure
    nextAttempt?: string
  }
  clock: { now: string; authoritySkewMs?: number }
}

/**
 * Compares four truths: the certificate that is kept, what each node really shows, the window that the authority
 * suggests, and the clock. Changes nothing. What cannot be asked is a reason, not an error.
 */
export async function certificateStatus(
  { names, authority, serving, trust }: StatusRequest,
  { store }: { store: CertificateStore },
  ctx: Context,
): Promise<CertificateStatus> {
  const [file, diary] = await Promise.all([store.current(), store.diary()])
  const hosts = names.filter((name) => !name.startsWith('*.'))
  const meetings = serving.flatMap((node) => hosts.map((name) => meet(node, name, trust, ctx.signal)))
  const [asked, served] = await Promise.all([
    askAuthority(file, authority, ctx).catch(() => undefined),
    Promise.all(meetings),
  ])
  ctx.signal.throwIfAborted()
  const now = ctx.clock.now()
  const suggestion = suggestionOf(file, diary, asked?.window)
  const skewMs = asked?.clockSkewMs
  const found = {
    names,
    authority: authority.directory,
    file,
    served,
    suggestion,
    diary,
    now,
    asked: asked !== undefined,
    skewMs,
  }
  const reasons = findReasons(found)
  return {
    holds: reasons.every(({ grave }) => !grave),
    reasons,
    file: file && factsOf(file),
    served,
    renewal: { ...timesOf(file, suggestion), ...planOf(diary, now), ...explained(asked?.explanation) },
    clock: { now: now.toISOString(), ...(skewMs === undefined ? {} : { authoritySkewMs: skewMs }) },
  }
}

/** A window that is newer than the one that is kept has not been drawn from yet. */
function suggestionOf(file: KeptCertificate | undefined, { suggestion }: Diary, window: Window | undefined) {
  const kept = suggestion?.certificate === file?.id ? suggestion : undefined
  if (!file || !window || kept?.window?.start === window.start) return kept
  return { certificate: file.id, window, chosen: window.start, askAfter: window.start }
}

function factsOf({ names, notBefore, notAfter, fingerprint, authority }: KeptCertificate) {
  const times = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() }
  return { names, ...times, fingerprint, authority }
}

function timesOf(file: KeptCertificate | undefined, suggestion: Suggestion | undefined) {
  if (!file) return {}
  const times = { due: dueTime(file, suggestion).toISOString(), late: lateTime(file, suggestion).toISOString() }
  return suggestion?.window ? { ...times, window: suggestion.window } : times
}

function planOf(diary: Diary, now: Date) {
  const next = nextAttempt(diary, now)?.toISOString()
  return {
    ...(diary.failure ? { failure: diary.failure } : {}),
    ...(next === undefined ? {} : { nextAttempt: next }),
  }
}

function explained(explanation: string | undefined) {
  return explanation === undefined ? {} : { explanation }
}
