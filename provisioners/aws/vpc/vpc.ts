import { nothing } from '../../engine/define.ts'
import type { Address } from '../../engine/resource.ts'
import { unlessAbsent } from '../errors.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, onlyOne, ownership, tagFilters, tagsOf } from '../stack.ts'

export interface Vpc {
  id: string
}

const address: Address = 'aws.vpc/shop'

/** Private addresses that home networks seldom use. */
const block = '10.87.0.0/16'

/** A network for the shop alone. */
export function vpc(stack: AwsStack): AwsResource<object, Vpc> {
  const { aws } = stack
  return awsResource<object, Vpc>(aws, {
    address,
    label: 'network',
    dependsOn: [],
    calls: {
      read: ['ec2:DescribeVpcs'],
      create: ['ec2:CreateVpc', 'ec2:CreateTags'],
      update: [],
      delete: ['ec2:DeleteVpc'],
    },
    desired: () => ({}),
    async read(ctx) {
      const { Vpcs = [] } = await aws.call('ec2:DescribeVpcs', { Filters: tagFilters(stack, address) }, ctx)
      const mine = Vpcs.filter(({ Tags }) => ownership(stack, address, Tags) === 'ours')
      const found = onlyOne(mine, 'networks', ({ VpcId }) => VpcId)
      return found && { id: found.VpcId ?? '' }
    },
    // Another block would be another network; the machine in it is worth more.
    diff: () => nothing,
    async create(_, ctx) {
      const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: tagsOf(stack, address) }]
      const { Vpc } = await aws.call('ec2:CreateVpc', { CidrBlock: block, TagSpecifications }, ctx)
      return { id: Vpc?.VpcId ?? '' }
    },
    update: async (_, actual) => actual,
    async delete({ id: VpcId }, ctx) {
      const remove = () => unlessAbsent(aws.call('ec2:DeleteVpc', { VpcId }, ctx))
      await repeated(remove, address, ['DependencyViolation'], ctx)
    },
    detail: ({ id }) => id,
  })
}
