import type { Diary, KeptCertificate, Suggestion } from '../kept/store.ts'
import { renewalTime } from '../renewal.ts'

const minute = 60_000
/** Pauses after the first, second and third failure in a row, and after every further one. */
const pauses = [1 * minute, 10 * minute, 100 * minute, 1440 * minute]

export interface Wanted {
  names: readonly string[]
  /** URL of the authority's directory. */
  authority: string
}

/** When a certificate is due: when the authority likes it best, else at two thirds of its life. */
export function dueTime(certificate: KeptCertificate, suggestion: Suggestion | undefined): Date {
  return suggestion?.chosen === undefined ? renewalTime(certificate) : new Date(suggestion.chosen)
}

/**
 * When a renewal has failed for so long that somebody has to look: a quarter of the life is left, which is a week or
 * more of 45 days and more than a day of six, or the authority's window has been over for a day.
 */
export function lateTime({ notBefore, notAfter }: KeptCertificate, suggestion: Suggestion | undefined): Date {
  const quarter = (notAfter.getTime() - notBefore.getTime()) / 4
  const window = suggestion?.window ? Date.parse(suggestion.window.end) + 1440 * minute : Number.POSITIVE_INFINITY
  return new Date(Math.min(notAfter.getTime() - quarter, window))
}

/** Why a certificate has to be ordered, as the end of a sentence; `undefined` when the one that stands is good. */
export function reasonToOrder(
  current: KeptCertificate | undefined,
  { names, authority }: Wanted,
  suggestion: Suggestion | undefined,
  now: Date,
): string | undefined {
  if (!current) return 'there was none'
  const missing = names.filter((name) => !current.names.includes(name))
  if (missing.length > 0) return `${missing.join(', ')} ${missing.length === 1 ? 'was' : 'were'} not on the old one`
  if (current.authority !== authority) return 'another authority signed the old one'
  if (now >= current.notAfter) return 'the old one has expired'
  if (now < dueTime(current, suggestion)) return undefined
  return suggestion?.chosen === undefined ? 'two thirds of its life were over' : 'the authority suggested it'
}

/** When an unattended run may try again; `undefined` when it may now. */
export function nextAttempt({ failure, retryAt }: Diary, now: Date): Date | undefined {
  const pause = failure ? (pauses[failure.count - 1] ?? pauses.at(-1) ?? 0) : 0
  const after = failure ? Date.parse(failure.at) + pause : 0
  const at = Math.max(after, retryAt === undefined ? 0 : Date.parse(retryAt))
  return at > now.getTime() ? new Date(at) : undefined
}
