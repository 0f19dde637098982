import { BookstoreError, type BookstoreErrorOptions, exit } from '../engine/errors.ts'
import { denials, expired, networkCodes, quotas, refused, throttlingCodes } from './error-codes.ts'

export interface Subject {
  region: string
  /** AWS_ENDPOINT_URL, where one is set. */
  endpoint: string | undefined
}

/** What AWS, or the way to it, answered instead of a result. Code decides by `awsCode`, people read the message. */
export class AwsError extends BookstoreError {
  /** 'InvalidGroup.NotFound': as in the service's documentation. */
  readonly awsCode: string
  /** 'ec2:RunInstances' */
  readonly operation: string
  /** It cannot be known whether the call took effect. */
  readonly unsettled: boolean

  constructor(operation: string, cause: unknown, subject: Subject) {
    const awsCode = codeOf(cause)
    const message = messageOf(cause, awsCode)
    const { text, ...options } = explain(operation, awsCode, message, subject)
    const action = denials.includes(awsCode) ? { action: deniedIn(message) ?? operation } : {}
    super(text, { ...options, cause, details: { operation, awsCode, region: subject.region, ...action } })
    this.name = 'AwsError'
    this.awsCode = awsCode
    this.operation = operation
    this.unsettled = isUnsettled(cause, awsCode)
  }
}

/** True when AWS refused with one of these codes. */
export function isAws(error: unknown, ...codes: readonly string[]): error is AwsError {
  return error instanceof AwsError && codes.includes(error.awsCode)
}

/** True for 'InvalidGroup.NotFound', 'ParameterNotFound', 'NoSuchEntity', 'NoSuchBucket' and their like. */
export function isAbsent(error: unknown): error is AwsError {
  return error instanceof AwsError && /NotFound|^NoSuch/.test(error.awsCode)
}

/** The result, or undefined where AWS says that there is no such thing. */
export async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (isAbsent(error)) return undefined
    throw error
  })
}

/**
 * Query services name an error twice, `name` 'NoSuchEntityException' and `Code` 'NoSuchEntity'; those with JSON have a
 * name alone, and what breaks below HTTP has Node's `code`.
 */
function codeOf(error: unknown): string {
  const { Code, name, code, $metadata } = (error ?? {}) as Refusal
  // What answers a HEAD has no body that could say it: API_HeadBucket.
  if (name !== undefined && /^Unknown/.test(name) && $metadata?.httpStatusCode === 403) return 'AccessDenied'
  if (typeof Code === 'string' && Code !== '') return Code
  if (name !== undefined && !['Error', 'AggregateError'].includes(name)) return name
  return typeof code === 'string' ? code : (name ?? 'Unknown')
}

interface Refusal {
  Code?: unknown
  name?: string
  code?: unknown
  $metadata?: { httpStatusCode?: number }
}

function messageOf(error: unknown, code: string): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message || code).replace(/\s+/g, ' ').replace(/\.$/, '')
}

/** Server errors and broken connections: the call may have taken effect. */
function isUnsettled(cause: unknown, code: string): boolean {
  // No capacity is a clear answer, though its status is 500.
  if (throttlingCodes.includes(code) || code.startsWith('Insufficient')) return false
  const status = (cause as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
  if (status !== undefined && status >= 500) return true
  const text = cause instanceof Error ? cause.message : ''
  return networkCodes.includes(code) || /socket hang up|Deserialization error/.test(text)
}

type Explanation = { text: string } & Pick<BookstoreErrorOptions, 'code' | 'fault' | 'hint' | 'status'>

function explain(operation: string, code: string, message: string, { region, endpoint }: Subject): Explanation {
  if (code === 'CredentialsProviderError' || code === 'TokenProviderError') return noCredentials(message)
  if (expired.includes(code)) return loggedOut(`The AWS credentials have expired: ${message}.`)
  if (denials.includes(code)) return denied(operation, message, region)
  if (refused.includes(code)) {
    return {
      text: `AWS does not know these credentials: ${message} (${code}).`,
      code: 'aws-credentials-refused',
      fault: 'user',
      hint: 'Check them: aws sts get-caller-identity',
    }
  }
  const quota = quotas[code]
  if (quota !== undefined) {
    return {
      text: `A quota of the account is used up in ${region}: ${message} (${code}).`,
      code: 'aws-quota',
      fault: 'user',
      hint: `Ask for more of quota ${quota}, or use another region.`,
    }
  }
  if (networkCodes.includes(code)) return unreachable(message, { region, endpoint })
  const throttled = throttlingCodes.includes(code)
  return {
    text: `${operation} in ${region} ${throttled ? 'is throttled' : 'failed'}: ${message} (${code}).`,
    code: throttled ? 'aws-throttled' : 'aws-failed',
    fault: 'remote',
    hint: `What is done stays. Run the same command again${throttled ? ' in a minute' : ''}.`,
  }
}

/**
 * One call may need several rights: those to tag and to hand on a role have names of their own. The message says which one
 * lacks (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html); nothing is decided by it.
 */
function deniedIn(message: string): string | undefined {
  return /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1]
}

function denied(operation: string, message: string, region: string): Explanation {
  const action = deniedIn(message) ?? operation
  const needing = action === operation ? '' : `, which ${operation} needs`
  // Kilobytes that only sts:DecodeAuthorizationMessage can read.
  const readable = message.replace(/\s*Encoded authorization failure message: \S+/, '').replace(/\.$/, '')
  return {
    text: `AWS does not allow ${action}${needing}, in ${region}: ${readable}.`,
    code: 'aws-denied',
    fault: 'user',
    hint: `Allow ${action} to the user or role whose credentials these are; all that a verb needs: bookstore policy VERB`,
  }
}

function unreachable(message: string, { region, endpoint }: Subject): Explanation {
  const aws = endpoint === undefined
  return {
    text: `${aws ? `AWS in ${region}` : `${endpoint} (AWS_ENDPOINT_URL)`} cannot be reached: ${message}.`,
    code: 'aws-unreachable',
    fault: 'remote',
    hint: aws
      ? `Is ${region} a region of AWS, and this computer online? Then run the same command again.`
      : 'Is it running? Unset AWS_ENDPOINT_URL to work with AWS itself.',
  }
}

function noCredentials(message: string): Explanation {
  if (/sso|token/i.test(message) && /expired|refresh|login/i.test(message)) {
    return loggedOut(`The AWS session has expired: ${message}.`)
  }
  return {
    text: `There are no AWS credentials: ${message}.`,
    code: 'aws-credentials-missing',
    fault: 'user',
    hint: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; aws configure makes a profile.',
    status: exit.configuration,
  }
}

function loggedOut(text: string): Explanation {
  return { text, code: 'aws-credentials-expired', fault: 'user', hint: 'Log in again: aws sso login, or aws login' }
}
