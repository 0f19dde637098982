import { BookstoreError } from '../../engine/errors.ts'
import type { Clock } from '../../engine/resource.ts'

/** Errors of the SDK carry their code as their name; `retry` and `describe` look at `code`. */
export function withCode(error: unknown): never {
  if (error instanceof BookstoreError) throw error
  const { name, message, code } = error as Error & { code?: string }
  throw Object.assign(new Error(message, { cause: error }), { code: code ?? name })
}

const refusals = [
  'AccessDenied',
  'AccessDeniedException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'UnrecognizedClientException',
  'CredentialsProviderError',
  'InvalidSignatureException',
]
const throttled = ['Throttling', 'ThrottlingException']
const networkCodes = ['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'TimeoutError']

export function describe(error: unknown, clock: Clock): unknown {
  if (error instanceof BookstoreError) return error
  const { code = 'unknown', message } = error as Error & { code?: string }
  const details = { vendorCode: code }
  if (refusals.includes(code)) {
    return new BookstoreError(`route53 refuses: ${message} (${code}).`, {
      code: 'dns-refused',
      fault: 'user',
      hint: 'Check the AWS credentials and their permissions; docs/guide/certificates.md has a policy that suffices.',
      details,
    })
  }
  if (throttled.includes(code)) {
    const retryAt = new Date(clock.now().getTime() + 60_000).toISOString()
    return new BookstoreError(`route53 is throttled: ${message} (${code}).`, {
      code: 'rate-limited',
      fault: 'remote',
      hint: 'Something else in this AWS account uses Route 53 a lot. Run the same command again in a minute.',
      details: { ...details, retryAt },
    })
  }
  const known = networkCodes.includes(code)
  return new BookstoreError(`route53 ${known ? 'cannot be reached' : 'failed'}: ${message} (${code}).`, {
    code: known ? 'dns-unreachable' : 'dns-failed',
    fault: 'remote',
    hint: 'Run the same command again.',
    cause: error,
    details,
  })
}

export function ambiguousZone(zone: string, found: readonly string[]): BookstoreError {
  return new BookstoreError(`route53 has ${found.length} public zones named ${zone}: ${found.join(', ')}.`, {
    code: 'zone-ambiguous',
    fault: 'user',
    hint: 'Name the one that the domain is delegated to: hostedZone in the dns settings.',
  })
}

export function policyInUse(name: string, type: string): BookstoreError {
  return new BookstoreError(`The ${type} records of ${name} at route53 follow a routing policy, and are left alone.`, {
    code: 'dns-failed',
    fault: 'user',
    hint: 'Replace them by a simple record, or change them yourself.',
  })
}
