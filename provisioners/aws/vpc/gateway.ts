import { changeOf, differs } from '../../engine/define.ts'
import type { Address, Context } from '../../engine/resource.ts'
import { isAws, unlessAbsent } from '../errors.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource, type Seen } from '../resource.ts'
import { type AwsStack, onlyOne, ownership, tagFilters, tagsOf } from '../stack.ts'
import type { Vpc } from './vpc.ts'

export interface Gateway {
  id: string
  /** The network that it is attached to. */
  vpcId: string | undefined
  /** The network's own table of routes leads out through it. */
  routed: boolean
}

const address: Address = 'aws.internet-gateway/shop'

/** The way out of the network, and in. */
export function gateway(stack: AwsStack, network: Seen<Vpc>): AwsResource<string | undefined, Gateway> {
  const { aws } = stack

  /** The table that subnets without one of their own go by. */
  async function mainTable(vpcId: string, ctx: Context) {
    const Filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ]
    const { RouteTables = [] } = await aws.call('ec2:DescribeRouteTables', { Filters }, ctx)
    return RouteTables.find(({ VpcId }) => VpcId === vpcId)
  }

  async function connect(vpcId: string, actual: Gateway, ctx: Context): Promise<Gateway> {
    const InternetGatewayId = actual.id
    if (actual.vpcId !== vpcId) {
      const attach = () => aws.call('ec2:AttachInternetGateway', { InternetGatewayId, VpcId: vpcId }, ctx)
      await repeated(attach, address, ['InvalidInternetGatewayID.NotFound', 'InvalidVpcID.NotFound'], ctx).catch(
        (error: unknown) => {
          if (!isAws(error, 'Resource.AlreadyAssociated')) throw error
        },
      )
    }
    const table = await mainTable(vpcId, ctx)
    const route = { RouteTableId: table?.RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId }
    await aws.call('ec2:CreateRoute', route, ctx).catch((error: unknown) => {
      if (!isAws(error, 'RouteAlreadyExists')) throw error
    })
    return { id: InternetGatewayId, vpcId, routed: true }
  }

  return awsResource<string | undefined, Gateway>(aws, {
    address,
    label: 'way to the Internet',
    dependsOn: [network.address],
    calls: {
      read: ['ec2:DescribeInternetGateways', 'ec2:DescribeRouteTables'],
      create: ['ec2:CreateInternetGateway', 'ec2:CreateTags', 'ec2:AttachInternetGateway', 'ec2:CreateRoute'],
      update: ['ec2:AttachInternetGateway', 'ec2:CreateRoute'],
      delete: ['ec2:DetachInternetGateway', 'ec2:DeleteInternetGateway'],
    },
    desired: () => network.seen()?.id,
    async read(ctx) {
      const Filters = tagFilters(stack, address)
      const { InternetGateways = [] } = await aws.call('ec2:DescribeInternetGateways', { Filters }, ctx)
      const mine = InternetGateways.filter(({ Tags }) => ownership(stack, address, Tags) === 'ours')
      const found = onlyOne(mine, 'internet gateways', ({ InternetGatewayId }) => InternetGatewayId)
      if (!found) return undefined
      const [id = '', vpcId] = [found.InternetGatewayId, found.Attachments?.[0]?.VpcId]
      const table = vpcId === undefined ? undefined : await mainTable(vpcId, ctx)
      return { id, vpcId, routed: (table?.Routes ?? []).some(({ GatewayId }) => GatewayId === id) }
    },
    diff: (vpcId, actual) =>
      changeOf(differs('network', actual.vpcId, vpcId), differs('route', actual.routed ? 'there' : 'missing', 'there')),
    async create(vpcId, ctx) {
      const TagSpecifications = [{ ResourceType: 'internet-gateway' as const, Tags: tagsOf(stack, address) }]
      const { InternetGateway } = await aws.call('ec2:CreateInternetGateway', { TagSpecifications }, ctx)
      const id = InternetGateway?.InternetGatewayId ?? ''
      return connect(vpcId ?? '', { id, vpcId: undefined, routed: false }, ctx)
    },
    update: (vpcId, actual, ctx) => connect(vpcId ?? '', actual, ctx),
    async delete({ id: InternetGatewayId, vpcId: VpcId }, ctx) {
      // DependencyViolation "has some mapped public address(es)" while an address is still being taken away.
      if (VpcId !== undefined) {
        const detach = async () => {
          await aws.call('ec2:DetachInternetGateway', { InternetGatewayId, VpcId }, ctx).catch((error: unknown) => {
            if (!isAws(error, 'Gateway.NotAttached', 'InvalidInternetGatewayID.NotFound')) throw error
          })
        }
        await repeated(detach, address, ['DependencyViolation'], ctx)
      }
      await unlessAbsent(aws.call('ec2:DeleteInternetGateway', { InternetGatewayId }, ctx))
    },
    detail: ({ id }) => id,
  })
}
