import type { Address as Ec2Address } from '@aws-sdk/client-ec2'
import { changeOf, differs } from '../../engine/define.ts'
import type { Address, Context } from '../../engine/resource.ts'
import { isAws, unlessAbsent } from '../errors.ts'
import type { Instance } from '../instance/state.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource, type Seen } from '../resource.ts'
import { type AwsStack, onlyOne, ownership, tagsOf } from '../stack.ts'

export interface ElasticIp {
  id: string
  ip: string
  association: string | undefined
  instanceId: string | undefined
  tagged: boolean
}

const address: Address = 'aws.elastic-ip/web'
const associationAddress: Address = 'aws.elastic-ip-association/web'

/** The address that stays when machines go. */
export function elasticIp(stack: AwsStack): AwsResource<unknown, ElasticIp> {
  const { aws } = stack
  return awsResource<unknown, ElasticIp>(aws, {
    address,
    label: 'address',
    dependsOn: [],
    calls: {
      read: ['ec2:DescribeAddresses'],
      create: ['ec2:AllocateAddress', 'ec2:CreateTags'],
      update: ['ec2:CreateTags'],
      delete: ['ec2:ReleaseAddress', 'ec2:DisassociateAddress'],
    },
    billed: [{ by: 'public-address', region: aws.region }],
    desired: () => ({}),
    read: (ctx) => findAddress(stack, ctx),
    diff: (_, actual) => changeOf(differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete')),
    async create(_, ctx) {
      const TagSpecifications = [{ ResourceType: 'elastic-ip' as const, Tags: tagsOf(stack, address) }]
      const made = await aws.call('ec2:AllocateAddress', { Domain: 'vpc', TagSpecifications }, ctx)
      const nobody = { association: undefined, instanceId: undefined }
      return { id: made.AllocationId ?? '', ip: made.PublicIp ?? '', ...nobody, tagged: true }
    },
    async update(_, actual, ctx) {
      await aws.call('ec2:CreateTags', { Resources: [actual.id], Tags: tagsOf(stack, address) }, ctx)
      return { ...actual, tagged: true }
    },
    async delete({ id }, ctx) {
      // An address that is in use is refused, and one that is released already may be refused as not ours: API_ReleaseAddress.
      const release = () => unlessAbsent(aws.call('ec2:ReleaseAddress', { AllocationId: id }, ctx))
      await repeated(release, address, ['InvalidIPAddress.InUse'], ctx).catch(async (error: unknown) => {
        if (!isAws(error, 'AuthFailure') || (await findAddress(stack, ctx)) !== undefined) throw error
      })
    },
    detail: ({ ip }) => ip,
  })
}

/** The address leads to the machine. Moved away by hand, it is brought back. */
export function elasticIpAssociation(
  stack: AwsStack,
  owned: Seen<ElasticIp>,
  machine: Seen<Instance>,
): AwsResource<string | undefined, ElasticIp> {
  const { aws } = stack
  const associate = async (ctx: Context): Promise<ElasticIp> => {
    const [found, target] = [owned.seen(), machine.seen()]
    if (!found || !target) throw new Error('neither address nor machine are known')
    // Repeated for the same two it changes nothing: API_AssociateAddress.
    const input = { AllocationId: found.id, InstanceId: target.id, AllowReassociation: true }
    const work = () => aws.call('ec2:AssociateAddress', input, ctx)
    const early = [
      'InvalidInstanceID',
      'InvalidInstanceID.NotFound',
      'InvalidAllocationID.NotFound',
      'IncorrectInstanceState',
    ]
    const { AssociationId } = await repeated(work, associationAddress, early, ctx)
    return { ...found, association: AssociationId, instanceId: target.id }
  }
  return awsResource<string | undefined, ElasticIp>(aws, {
    address: associationAddress,
    label: 'address of the machine',
    dependsOn: [owned.address, machine.address],
    calls: {
      read: ['ec2:DescribeAddresses'],
      create: ['ec2:AssociateAddress'],
      update: ['ec2:AssociateAddress'],
      delete: ['ec2:DisassociateAddress'],
    },
    desired: () => machine.seen()?.id,
    async read(ctx) {
      const found = await findAddress(stack, ctx)
      return found?.association === undefined ? undefined : found
    },
    diff: (wanted, actual) => changeOf(differs('machine', actual.instanceId, wanted)),
    create: (_, ctx) => associate(ctx),
    update: (_, __, ctx) => associate(ctx),
    async delete({ association }, ctx) {
      if (association === undefined) return
      await unlessAbsent(aws.call('ec2:DisassociateAddress', { AssociationId: association }, ctx))
    },
    detail: ({ ip, instanceId }) => `${ip} leads to ${instanceId}`,
  })
}

/** All addresses of the account are a handful (their quota is 5), so that a lost tag hides none. */
async function findAddress(stack: AwsStack, ctx: Context): Promise<ElasticIp | undefined> {
  const { Addresses = [] } = await stack.aws.call('ec2:DescribeAddresses', {}, ctx)
  const mine = Addresses.filter(({ Tags }) => ownership(stack, address, Tags) !== 'foreign')
  const found = onlyOne(mine, 'Elastic IPs', ({ PublicIp, AllocationId }) => `${PublicIp} (${AllocationId})`)
  return found && stateOf(stack, found)
}

function stateOf(stack: AwsStack, found: Ec2Address): ElasticIp {
  return {
    id: found.AllocationId ?? '',
    ip: found.PublicIp ?? '',
    association: found.AssociationId,
    instanceId: found.InstanceId,
    tagged: ownership(stack, address, found.Tags) === 'ours',
  }
}
