import { errorAnswer } from '../front/errors.ts'
import { type Rule, text } from './rule.ts'

/** What a new account may have at most; the emulator knows quotas of networks only. */
const values: Readonly<Record<string, number>> = {
  'ec2 L-1216C47A': 5,
  'ec2 L-0263D0A3': 5,
}

/** Quotas of EC2 as Service Quotas tells them; `world.quotas` has those that somebody set otherwise. */
export const quotas: Rule = {
  page: 'https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html',
  before(call, { quotas: set }) {
    if (call.service !== 'servicequotas') return undefined
    const [ServiceCode, QuotaCode] = [text(call, 'ServiceCode'), text(call, 'QuotaCode')]
    const applied = set.get(QuotaCode)
    const Value = applied ?? values[`${ServiceCode} ${QuotaCode}`]
    if (Value === undefined) return undefined
    // A quota that nobody raised may have no value of its own; then only the default is told.
    if (applied === undefined && QuotaCode === 'L-0263D0A3' && call.action === 'GetServiceQuota')
      return errorAnswer(
        call,
        'NoSuchResourceException',
        'The request failed because the specified quota does not exist.',
      )
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.from(JSON.stringify({ Quota: { ServiceCode, QuotaCode, Value, Adjustable: true } })),
    }
  },
}
