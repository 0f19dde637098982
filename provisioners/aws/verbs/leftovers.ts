import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { planDestroy } from '../../engine/plan.ts'
import type { Context } from '../../engine/resource.ts'
import { type AwsStack, stackTag, tagFilters } from '../stack.ts'

export interface Leftover {
  what: string
}

/**
 * Looks for what is left, by every finder there is: those of our resources, disks, copies of disks and network
 * interfaces with our tags, and the interface that knows of tags across services. That one still tells of what is gone,
 * and knows nothing of some kinds, so it is asked for kinds that we do not find ourselves:
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
 */
export async function leftovers({ stack, resources }: AwsBlueprint, ctx: Context): Promise<readonly Leftover[]> {
  const [own, disks, copies, interfaces, tagged] = await Promise.all([
    planDestroy(resources, ctx).then(({ steps }) => steps.map(({ label, address }) => `${label} (${address})`)),
    volumes(stack, ctx),
    snapshots(stack, ctx),
    networkInterfaces(stack, ctx),
    byTag(stack, ctx),
  ])
  return [...own, ...disks, ...copies, ...interfaces, ...tagged].map((what) => ({ what }))
}

async function volumes(stack: AwsStack, ctx: Context): Promise<string[]> {
  const { Volumes = [] } = await stack.aws.call('ec2:DescribeVolumes', { Filters: tagFilters(stack) }, ctx)
  return Volumes.filter(({ State }) => State !== 'deleting' && State !== 'deleted').map(
    ({ VolumeId, Size }) => `disk ${VolumeId} (${Size} GB)`,
  )
}

async function snapshots(stack: AwsStack, ctx: Context): Promise<string[]> {
  const input = { OwnerIds: ['self'], Filters: tagFilters(stack) }
  const { Snapshots = [] } = await stack.aws.call('ec2:DescribeSnapshots', input, ctx)
  return Snapshots.map(({ SnapshotId, VolumeSize }) => `copy of a disk ${SnapshotId} (${VolumeSize} GB)`)
}

async function networkInterfaces(stack: AwsStack, ctx: Context): Promise<string[]> {
  const input = { Filters: tagFilters(stack) }
  const { NetworkInterfaces = [] } = await stack.aws.call('ec2:DescribeNetworkInterfaces', input, ctx)
  return NetworkInterfaces.map(({ NetworkInterfaceId }) => `network interface ${NetworkInterfaceId}`)
}

/** Kinds of ARN that are looked for by the finders of their services. */
const foundOtherwise =
  /:ec2:[^:]*:[^:]*:(instance|volume|snapshot|network-interface|security-group|key-pair|elastic-ip|vpc|subnet|internet-gateway)\/|:(s3|sns|ssm|cloudwatch|iam):/

async function byTag({ aws, name }: AwsStack, ctx: Context): Promise<string[]> {
  const TagFilters = [{ Key: stackTag, Values: [name] }]
  const found: string[] = []
  let PaginationToken: string | undefined
  do {
    const page = await aws.call('tagging:GetResources', { TagFilters, PaginationToken }, ctx)
    for (const { ResourceARN = '' } of page.ResourceTagMappingList ?? []) found.push(ResourceARN)
    PaginationToken = page.PaginationToken || undefined
  } while (PaginationToken)
  return found.filter((arn) => !foundOtherwise.test(arn))
}
