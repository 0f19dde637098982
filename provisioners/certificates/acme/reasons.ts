import type { Diary, KeptCertificate, Suggestion } from '../kept/store.ts'
import type { Served } from '../served.ts'
import { lateTime, reasonToOrder } from './schedule.ts'

/** Something that is to be said about a certificate. */
export interface Reason {
  /** For scripts: 'expired', 'served-differs'. */
  code: string
  /** A sentence without its full stop. */
  text: string
  /** That it does not hold as it is; the others are for information. */
  grave: boolean
}

export interface Found {
  names: readonly string[]
  /** URL of the authority's directory. */
  authority: string
  file: KeptCertificate | undefined
  served: readonly Served[]
  suggestion: Suggestion | undefined
  diary: Diary
  now: Date
  /** That the authority answered. */
  asked: boolean
  /** The authority's clock minus ours. */
  skewMs: number | undefined
}

/** Clocks within this agree, as far as certificates are concerned. */
const toleratedSkewMs = 300_000

/** Everything that is to be said, grave reasons first. Pure. */
export function findReasons(found: Found): Reason[] {
  const reasons = [
    ...aboutFile(found),
    ...servedReasons(found.file?.fingerprint, found.served),
    ...aboutClock(found),
    ...aboutRenewal(found),
  ]
  return [...reasons.filter(({ grave }) => grave), ...reasons.filter(({ grave }) => !grave)]
}

function aboutFile({ file, names, now }: Found): Reason[] {
  if (!file) return [grave('no-certificate', 'there is no certificate, or its key does not fit')]
  const missing = names.filter((name) => !file.names.includes(name))
  const until = file.notAfter.toISOString()
  return [
    ...(missing.length > 0 ? [grave('names-missing', `it is not for ${missing.join(', ')}`)] : []),
    ...(now >= file.notAfter ? [grave('expired', `it expired at ${until}`)] : []),
    ...(now < file.notBefore
      ? [grave('not-yet-valid', 'it is not valid yet: is the clock of this computer right?')]
      : []),
  ]
}

/** What is to be said about what nodes show, beside the certificate that is kept. Pure. */
export function servedReasons(kept: string | undefined, served: readonly Served[]): Reason[] {
  return served.flatMap(({ address, name, fingerprint, refused }) => {
    const where = `${address} for ${name}`
    if (fingerprint === undefined) return [grave('not-served', `nobody shakes hands at ${where}: ${refused}`)]
    const differs = kept !== undefined && fingerprint !== kept
    return [
      ...(differs
        ? [grave('served-differs', `another certificate than the one that is kept is shown at ${where}`)]
        : []),
      ...(refused === undefined ? [] : [grave('refused', `clients refuse what is shown at ${where}: ${refused}`)]),
    ]
  })
}

function aboutClock({ skewMs = 0, now }: Found): Reason[] {
  if (Math.abs(skewMs) <= toleratedSkewMs) return []
  const theirs = new Date(now.getTime() + skewMs).toISOString()
  return [grave('clock-wrong', `here it is ${now.toISOString()}, at the authority ${theirs}: one clock is wrong`)]
}

function aboutRenewal({ file, names, authority, suggestion, diary, now, asked }: Found): Reason[] {
  const due = file && reasonToOrder(file, { names, authority }, suggestion, now)
  const late = file && now >= lateTime(file, suggestion) && now < file.notAfter
  const { failure } = diary
  return [
    ...(late && file ? [grave('renewal-late', `its renewal is late, it ends at ${file.notAfter.toISOString()}`)] : []),
    ...(due && !late ? [note('renewal-due', `it is due: ${due}`)] : []),
    ...(failure ? [note('renewal-failing', `${tries(failure.count)} to renew it failed: ${failure.message}`)] : []),
    ...(asked ? [] : [note('authority-silent', 'the authority could not be asked when it would like it renewed')]),
  ]
}

function tries(count: number): string {
  return count === 1 ? 'the last try' : `the last ${count} tries`
}

function grave(code: string, text: string): Reason {
  return { code, text, grave: true }
}

function note(code: string, text: string): Reason {
  return { code, text, grave: false }
}
