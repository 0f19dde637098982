import { nothing } from '../../engine/define.ts'
import type { Address, Context } from '../../engine/resource.ts'
import { unlessAbsent } from '../errors.ts'
import { type Subnet, zonesOffering } from '../network/network.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource, type Seen } from '../resource.ts'
import { type AwsStack, onlyOne, ownership, tagFilters, tagsOf } from '../stack.ts'
import type { Vpc } from './vpc.ts'

/**
 * A part of the network in the nth of the zones that offer the instance type.
 * @param nth From 1.
 */
export function subnet(stack: AwsStack, network: Seen<Vpc>, nth: number, type: string): AwsResource<unknown, Subnet> {
  const { aws } = stack
  const address: Address = `aws.subnet/${nth}`
  const zoneOf = async (ctx: Context) => {
    const zones = await zonesOffering(aws, type, ctx)
    // Where one zone alone offers the type, both are there.
    return zones[(nth - 1) % zones.length]
  }
  return awsResource<unknown, Subnet>(aws, {
    address,
    label: `subnet ${nth}`,
    dependsOn: [network.address],
    calls: {
      read: ['ec2:DescribeSubnets'],
      create: ['ec2:CreateSubnet', 'ec2:CreateTags', 'ec2:ModifySubnetAttribute', 'ec2:DescribeInstanceTypeOfferings'],
      update: [],
      delete: ['ec2:DeleteSubnet'],
    },
    desired: () => ({}),
    async read(ctx) {
      const { Subnets = [] } = await aws.call('ec2:DescribeSubnets', { Filters: tagFilters(stack, address) }, ctx)
      const mine = Subnets.filter(({ Tags }) => ownership(stack, address, Tags) === 'ours')
      const found = onlyOne(mine, 'subnets', ({ SubnetId }) => SubnetId)
      return found && { id: found.SubnetId ?? '', zone: found.AvailabilityZone ?? '' }
    },
    diff: () => nothing,
    async create(_, ctx) {
      const AvailabilityZone = await zoneOf(ctx)
      const create = () =>
        aws.call(
          'ec2:CreateSubnet',
          {
            VpcId: network.seen()?.id,
            CidrBlock: `10.87.${nth}.0/24`,
            AvailabilityZone,
            TagSpecifications: [{ ResourceType: 'subnet', Tags: tagsOf(stack, address) }],
          },
          ctx,
        )
      const made = await repeated(create, address, ['InvalidVpcID.NotFound'], ctx)
      const id = made.Subnet?.SubnetId ?? ''
      // The machine fetches packages before it has its Elastic IP.
      const open = () =>
        aws.call('ec2:ModifySubnetAttribute', { SubnetId: id, MapPublicIpOnLaunch: { Value: true } }, ctx)
      await repeated(open, address, ['InvalidSubnetID.NotFound'], ctx)
      return { id, zone: AvailabilityZone ?? '' }
    },
    update: async (_, actual) => actual,
    async delete({ id: SubnetId }, ctx) {
      const remove = () => unlessAbsent(aws.call('ec2:DeleteSubnet', { SubnetId }, ctx))
      await repeated(remove, address, ['DependencyViolation'], ctx)
    },
    detail: ({ id, zone }) => `${id} in ${zone}`,
  })
}
