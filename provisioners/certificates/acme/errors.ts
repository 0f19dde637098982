import { BookstoreError } from '../../engine/errors.ts'
import { AcmeProblem } from './problem.ts'
import { type AcmeAuthority, letsEncrypt } from './types.ts'

/** How a person calls an authority. */
export function authorityName({ directory }: AcmeAuthority): string {
  if (directory === letsEncrypt.production.directory) return "Let's Encrypt"
  if (directory === letsEncrypt.staging.directory) return "Let's Encrypt (staging)"
  return new URL(directory).host
}

/** What to do about problems that the operator can mend, by their type (RFC 8555, section 6.7). */
const hints: Record<string, { code: string; hint: string }> = {
  caa: { code: 'caa-forbids', hint: 'Change the CAA records of the domain, or take the authority that they name.' },
  dns: { code: 'challenge-failed', hint: 'Look at the name servers of the domain: dig +trace NS' },
  rejectedIdentifier: { code: 'name-rejected', hint: 'Check the domain and its aliases.' },
  unsupportedIdentifier: { code: 'name-rejected', hint: 'Check the domain and its aliases.' },
  externalAccountRequired: {
    code: 'account-refused',
    hint: 'This authority wants an external account binding: set its key identifier and key.',
  },
  userActionRequired: {
    code: 'account-refused',
    hint: 'Agree to the new terms of service, as the authority says.',
  },
  invalidContact: { code: 'account-refused', hint: 'Check the e-mail address, or leave it out.' },
  unsupportedContact: { code: 'account-refused', hint: 'Check the e-mail address, or leave it out.' },
  invalidProfile: { code: 'profile-unknown', hint: 'Check the profile, or leave it out.' },
}

/** One sentence about whatever an authority, or the way to it, did not let us do. What is ours already passes through. */
export function describeAcme(error: unknown, authority: AcmeAuthority, now: Date): unknown {
  if (error instanceof BookstoreError) return error
  const name = authorityName(authority)
  if (error instanceof AcmeProblem) return isBusy(error) ? rateLimited(error, name, now) : problem(error, name)
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? unreachable(error as Error, code, authority, now) : error
}

/** Rate limits, and overload, which has the same remedy. */
function isBusy({ code, status }: AcmeProblem): boolean {
  return code === 'rateLimited' || status === 429 || status === 503
}

function rateLimited(error: AcmeProblem, name: string, now: Date): BookstoreError {
  const retryAt = new Date(now.getTime() + (error.retryAfterMs || 3_600_000)).toISOString()
  return new BookstoreError(`${name} takes no more requests until ${retryAt}: ${error.message}.`, {
    code: 'rate-limited',
    fault: 'remote',
    hint: 'Run the same command again then; the certificate that stands is left as it is.',
    cause: error,
    details: { retryAt, status: error.status },
  })
}

function problem(error: AcmeProblem, name: string): BookstoreError {
  const known = hints[error.code]
  return new BookstoreError(`${name} refuses: ${error.message} (${error.code}).`, {
    code: known?.code ?? 'authority-refuses',
    fault: known ? 'user' : 'remote',
    hint: known?.hint ?? 'Run the same command again; the order goes on where it stopped.',
    cause: error,
    details: { problem: error.code, status: error.status },
  })
}

/** OpenSSL's reasons why a certificate is not believed, as Node names them. */
const timeCodes = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']
const trustCodes = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]

function unreachable(error: Error, code: string, authority: AcmeAuthority, now: Date): BookstoreError {
  const name = authorityName(authority)
  const details = { systemCode: code }
  if (timeCodes.includes(code)) {
    const sentence = `The HTTPS certificate of ${name} is not valid at ${now.toISOString()}, the time of this computer.`
    const hint = 'Set the clock of this computer, then run the same command again.'
    return new BookstoreError(sentence, { code: 'clock-wrong', fault: 'user', hint, cause: error, details })
  }
  if (trustCodes.includes(code)) {
    const hint = 'Check its directory URL, and set ca to the certificate of the authority that signed it.'
    const sentence = `The HTTPS certificate of ${name} is not trusted: ${error.message}.`
    return new BookstoreError(sentence, { code: 'authority-untrusted', fault: 'user', hint, cause: error, details })
  }
  return new BookstoreError(`${name} cannot be reached: ${error.message}.`, {
    code: 'authority-unreachable',
    fault: 'remote',
    hint: 'Check the connection to the internet, then run the same command again; the order goes on where it stopped.',
    cause: error,
    details,
  })
}
