import { describe, expect, it } from 'vitest'
import { AwsError, isAbsent, isAws } from './errors.ts'

const subject = { region: 'eu-central-1', endpoint: undefined }
const refusal = (facts: object, message = 'no') => Object.assign(new Error(message), facts)
const errorOf = (facts: object, message?: string) => new AwsError('ec2:RunInstances', refusal(facts, message), subject)

describe('what AWS answers instead of a result', () => {
  it('is told by its code, where a query service says it twice', () => {
    const error = errorOf({ name: 'NoSuchEntityException', Code: 'NoSuchEntity' })
    expect(error.awsCode).toBe('NoSuchEntity')
    expect(isAbsent(error)).toBe(true)
    expect(isAws(error, 'NoSuchEntity')).toBe(true)
  })

  it.each([
    [{ name: 'UnauthorizedOperation' }, 'aws-denied', 'ec2:RunInstances'],
    [{ name: 'CredentialsProviderError' }, 'aws-credentials-missing', 'AWS_PROFILE'],
    [{ name: 'ExpiredTokenException' }, 'aws-credentials-expired', 'aws sso login'],
    [{ name: 'AuthFailure' }, 'aws-credentials-refused', 'get-caller-identity'],
    [{ name: 'VcpuLimitExceeded' }, 'aws-quota', 'L-1216C47A'],
    [{ code: 'ENOTFOUND' }, 'aws-unreachable', 'eu-central-1'],
    [{ name: 'RequestLimitExceeded' }, 'aws-throttled', 'in a minute'],
  ])('says what to do about %j', (facts, code, remedy) => {
    const error = errorOf(facts)
    expect(error.code).toBe(code)
    expect(error.hint).toContain(remedy)
  })

  it('says which right lacks, where a call needs another one beside its own', () => {
    const told =
      'You are not authorized to perform this operation. User: arn:aws:iam::1:user/ana is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/r because no identity-based policy allows the iam:PassRole action. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm'
    const error = errorOf({ name: 'UnauthorizedOperation' }, told)
    expect(error.message).toMatch(
      /^AWS does not allow iam:PassRole, which ec2:RunInstances needs, in eu-central-1: You/,
    )
    expect(error.message).not.toContain('4GIOHlTk')
    expect(error.details).toMatchObject({ operation: 'ec2:RunInstances', action: 'iam:PassRole' })
  })

  it('knows an expired single sign-on from missing credentials', () => {
    const error = errorOf({ name: 'CredentialsProviderError' }, 'The SSO session token is expired')
    expect(error.code).toBe('aws-credentials-expired')
  })

  it('names the endpoint that was set, when it cannot be reached', () => {
    const endpoint = 'http://127.0.0.1:9'
    const error = new AwsError('sts:GetCallerIdentity', refusal({ code: 'ECONNREFUSED' }), { ...subject, endpoint })
    expect(error.message).toContain(`${endpoint} (AWS_ENDPOINT_URL)`)
  })

  it('does not know what became of a call only where that is so', () => {
    const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } })
    expect(errorOf({ code: 'ECONNRESET' }).unsettled).toBe(true)
    expect(errorOf({ name: 'InternalError', ...status(500) }).unsettled).toBe(true)
    expect(errorOf({ name: 'InsufficientInstanceCapacity', ...status(500) }).unsettled).toBe(false)
    expect(errorOf({ name: 'SlowDown', ...status(503) }).unsettled).toBe(false)
    expect(errorOf({ name: 'InvalidParameterValue', ...status(400) }).unsettled).toBe(false)
  })
})
