import type { Finding } from '../../engine/check.ts'
import type { Context } from '../../engine/resource.ts'
import type { AwsSettings } from '../../site.ts'
import type { Aws } from '../clients.ts'
import { stackTag } from '../stack.ts'
import { isStandard, judge, processorsInUse, processorsOf, quotaOf, quotas } from './quotas.ts'
import { type AccountView, ownOf } from './view.ts'

interface QuotaCheck {
  name: string
  look(ctx: Context): Promise<Finding>
}

/** What the account may still have, against what `up` would make. */
export function quotaChecks(
  stack: string,
  { instanceType, vpc }: Pick<AwsSettings, 'instanceType' | 'vpc'>,
  aws: Aws,
  view: AccountView,
): readonly QuotaCheck[] {
  const { region } = aws

  async function processors(ctx: Context): Promise<Finding> {
    if (!isStandard(instanceType)) return { ok: true, message: `not looked at for the family of ${instanceType}` }
    const [limit, instances, type, { found }] = await Promise.all([
      quotaOf(aws, quotas.processors, ctx),
      view.instances(ctx),
      view.type(ctx),
      ownOf(stack, view, ctx),
    ])
    const wanted = type?.VCpuInfo?.DefaultVCpus ?? 0
    // Our own machine gives back what it has when it changes its type.
    const runs = found?.State?.Name === 'running' || found?.State?.Name === 'pending'
    const own = !runs ? 0 : found.InstanceType === instanceType ? wanted : processorsOf(found)
    const needed = Math.max(0, wanted - own)
    return judge({ what: 'vCPUs', quota: quotas.processors, limit, used: processorsInUse(instances), needed }, region)
  }

  async function addresses(ctx: Context): Promise<Finding> {
    const [limit, all, { address }] = await Promise.all([
      quotaOf(aws, quotas.addresses, ctx),
      view.addresses(ctx),
      ownOf(stack, view, ctx),
    ])
    const needed = address ? 0 : 1
    return judge({ what: 'Elastic IPs', quota: quotas.addresses, limit, used: all.length, needed }, region)
  }

  async function networks(ctx: Context): Promise<Finding> {
    const [limit, { Vpcs = [] }] = await Promise.all([
      quotaOf(aws, quotas.networks, ctx),
      aws.call('ec2:DescribeVpcs', {}, ctx),
    ])
    const ours = Vpcs.some(({ Tags = [] }) => Tags.some(({ Key, Value }) => Key === stackTag && Value === stack))
    const needed = ours ? 0 : 1
    return judge({ what: 'VPCs', quota: quotas.networks, limit, used: Vpcs.length, needed }, region)
  }

  return [
    { name: 'quota of machines', look: processors },
    { name: 'quota of addresses', look: addresses },
    ...(vpc === 'dedicated' ? [{ name: 'quota of networks', look: networks }] : []),
  ]
}
