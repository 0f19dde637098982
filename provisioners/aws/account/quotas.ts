import type { Instance } from '@aws-sdk/client-ec2'
import type { Context } from '../../engine/resource.ts'
import type { Aws, Operation } from '../clients.ts'
import { isAws } from '../errors.ts'

/**
 * What an account may have at most in a region, and what we need of it.
 * https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
 */
export interface Quota {
  service: string
  code: string
}

export const quotas = {
  /** Running on-demand instances of the standard families, counted in virtual processors. */
  processors: { service: 'ec2', code: 'L-1216C47A' },
  addresses: { service: 'ec2', code: 'L-0263D0A3' },
  networks: { service: 'vpc', code: 'L-F678F1CE' },
} as const satisfies Record<string, Quota>

export const quotaCalls: readonly Operation[] = [
  'servicequotas:GetServiceQuota',
  'servicequotas:GetAWSDefaultServiceQuota',
]

/** The account's own value; where there is none, the one that AWS gives everybody. */
export async function quotaOf(aws: Aws, { service, code }: Quota, ctx: Context): Promise<number> {
  const input = { ServiceCode: service, QuotaCode: code }
  const applied = await aws.call('servicequotas:GetServiceQuota', input, ctx).catch((error: unknown) => {
    if (isAws(error, 'NoSuchResourceException')) return undefined
    throw error
  })
  const { Quota } = applied ?? (await aws.call('servicequotas:GetAWSDefaultServiceQuota', input, ctx))
  return Quota?.Value ?? 0
}

/**
 * Virtual processors of those that count: running, on demand, of a standard family.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
 */
export function processorsInUse(instances: readonly Instance[]): number {
  const counted = instances.filter(
    ({ State, InstanceLifecycle, InstanceType = '' }) =>
      ['pending', 'running'].includes(State?.Name ?? '') && InstanceLifecycle === undefined && isStandard(InstanceType),
  )
  return counted.reduce((sum, instance) => sum + processorsOf(instance), 0)
}

export function processorsOf({ CpuOptions }: Instance): number {
  return (CpuOptions?.CoreCount ?? 1) * (CpuOptions?.ThreadsPerCore ?? 1)
}

/** The families A, C, D, H, I, M, R, T and Z. Others (G, P, X, ...) are counted apart. */
export function isStandard(type: string): boolean {
  return /^([acdhmrtz]|i[ms]?)\d/.test(type)
}

export interface Need {
  /** 'vCPUs' */
  what: string
  quota: Quota
  limit: number
  used: number
  /** How many more than are used. */
  needed: number
}

/** A sentence about it, and how more is asked for where it is not enough. Pure. */
export function judge({ what, quota, limit, used, needed }: Need, region: string) {
  const message = `${used} of ${limit} ${what} in use${needed > 0 ? `, ${needed} more needed` : ', no more needed'}`
  if (needed === 0 || used + needed <= limit) return { ok: true, message }
  const { service, code } = quota
  const ask = `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${used + needed}`
  return { ok: false, message, hint: `Give back what is not needed, or ask for more: ${ask}` }
}
