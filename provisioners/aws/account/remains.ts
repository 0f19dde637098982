import type { Instance, Tag } from '@aws-sdk/client-ec2'
import type { Finding } from '../../engine/check.ts'
import type { Context } from '../../engine/resource.ts'
import type { Aws, Operation } from '../clients.ts'
import { type Billed, monthlyOf } from '../prices/prices.ts'
import { stackTag } from '../stack.ts'
import type { AccountView } from './view.ts'

/** Something of a shop that does not stand (any more), or a disk that no machine has. */
export interface Remains {
  /** Name of its stack. */
  stack: string
  /** 'address 203.0.113.7', or an ARN. */
  what: string
  /** US dollars; undefined where our table has no price. */
  monthly: number | undefined
}

export const remainsCalls: readonly Operation[] = [
  'ec2:DescribeAddresses',
  'ec2:DescribeInstances',
  'ec2:DescribeSnapshots',
  'ec2:DescribeVolumes',
  'tagging:GetResources',
]

/**
 * What has our tags, of any stack, and belongs to no machine that is there. What costs is asked of EC2 itself; the
 * tagging interface knows more kinds, and still tells of some that are gone:
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
export async function findRemains(aws: Aws, view: AccountView, ctx: Context): Promise<readonly Remains[]> {
  const { region } = aws
  const Filters = [{ Name: 'tag-key', Values: [stackTag] }]
  const [instances, addresses, volumes, snapshots, tagged] = await Promise.all([
    view.instances(ctx),
    view.addresses(ctx),
    aws.call('ec2:DescribeVolumes', { Filters }, ctx),
    aws.call('ec2:DescribeSnapshots', { OwnerIds: ['self'], Filters }, ctx),
    byTag(aws, ctx),
  ])
  const alive = new Set(instances.flatMap(({ Tags }: Instance) => stackOf(Tags) ?? []))
  const dead = (stack: string | undefined): stack is string => stack !== undefined && !alive.has(stack)
  const found: Remains[] = []
  const add = (stack: string, what: string, billed?: readonly Billed[]) =>
    found.push({ stack, what, monthly: billed === undefined ? undefined : monthlyOf(billed) })
  for (const { Tags, PublicIp } of addresses) {
    const stack = stackOf(Tags)
    if (dead(stack)) add(stack, `address ${PublicIp}`, [{ by: 'public-address', region }])
  }
  for (const { Tags, VolumeId, Size = 0, State } of volumes.Volumes ?? []) {
    const stack = stackOf(Tags)
    if (stack === undefined || State === 'deleting' || State === 'deleted') continue
    if (dead(stack) || State === 'available')
      add(stack, `disk ${VolumeId} (${Size} GB)`, [{ by: 'volume', region, type: 'gp3', gb: Size }])
  }
  for (const { Tags, SnapshotId, VolumeSize } of snapshots.Snapshots ?? []) {
    const stack = stackOf(Tags)
    if (dead(stack)) add(stack, `copy of a disk ${SnapshotId} (${VolumeSize} GB)`)
  }
  for (const { arn, stack } of tagged) if (dead(stack) && !counted.test(arn)) add(stack, arn, freely(arn, region))
  return found.toSorted((a, b) => (`${a.stack} ${a.what}` < `${b.stack} ${b.what}` ? -1 : 1))
}

/** Kinds that were asked for above, or that go with a machine. */
const counted = /:ec2:[^:]*:[^:]*:(instance|volume|snapshot|network-interface|elastic-ip)\//

/** An alarm has a price; the other kinds that we make cost nothing as long as they are empty. */
function freely(arn: string, region: string): readonly Billed[] {
  return /:cloudwatch:[^:]*:[^:]*:alarm:/.test(arn) ? [{ by: 'alarms', region, count: 1 }] : []
}

const stackOf = (tags: readonly Tag[] = []) => tags.find(({ Key }) => Key === stackTag)?.Value

async function byTag(aws: Aws, ctx: Context): Promise<{ arn: string; stack: string | undefined }[]> {
  const found: { arn: string; stack: string | undefined }[] = []
  let PaginationToken: string | undefined
  do {
    const input = { TagFilters: [{ Key: stackTag }], ResourcesPerPage: 100, PaginationToken }
    const page = await aws.call('tagging:GetResources', input, ctx)
    for (const { ResourceARN: arn = '', Tags } of page.ResourceTagMappingList ?? []) {
      found.push({ arn, stack: stackOf(Tags as Tag[]) })
    }
    PaginationToken = page.PaginationToken || undefined
  } while (PaginationToken)
  return found
}

/** The same as a finding, with what it costs a month. @param name Of our own stack. */
export async function remainsFinding(aws: Aws, view: AccountView, name: string, ctx: Context): Promise<Finding> {
  const remains = await findRemains(aws, view, ctx)
  if (remains.length === 0) return { ok: true, message: 'nothing' }
  const sum = remains.reduce((total, { monthly }) => total + (monthly ?? 0), 0)
  const all = remains.map(
    ({ what, stack, monthly }) => `${what} of ${stack} (${monthly?.toFixed(2) ?? 'price unknown'})`,
  )
  const others = [...new Set(remains.map(({ stack }) => stack))].filter((stack) => stack !== name)
  const own = remains.some(({ stack }) => stack === name)
  return {
    ok: false,
    message: `${remains.length} things without a machine, US$ ${sum.toFixed(2)} a month: ${all.join(', ')}`,
    hint: [
      ...(own ? [`Of ${name}: bookstore up goes on with it, bookstore down removes it.`] : []),
      ...(others.length > 0 ? [`Of ${others.join(', ')}: bookstore down with that name: in bookstore.yaml.`] : []),
    ].join(' '),
    details: { remains, monthly: Math.round(sum * 100) / 100 },
  }
}
