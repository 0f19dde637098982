import { BookstoreError } from '../../engine/errors.ts'
import type { Address, Context } from '../../engine/resource.ts'
import type { Aws, Operation } from '../clients.ts'

/** Where the machine is put. */
export interface Network {
  readonly dependsOn: readonly Address[]
  vpcId(ctx: Context): Promise<string>
  /** By zone. */
  subnets(ctx: Context): Promise<readonly Subnet[]>
}

export interface Subnet {
  id: string
  zone: string
}

export const networkCalls: readonly Operation[] = [
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeInstanceTypeOfferings',
]

/**
 * The network that every account has unless somebody removed it:
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
 */
export function defaultNetwork(aws: Aws): Network {
  const vpcId = async (ctx: Context) => {
    const Filters = [{ Name: 'is-default', Values: ['true'] }]
    const { Vpcs = [] } = await aws.call('ec2:DescribeVpcs', { Filters }, ctx)
    const id = Vpcs.find(({ IsDefault }) => IsDefault)?.VpcId
    if (id === undefined) throw noDefaultVpc(aws.region)
    return id
  }
  return {
    dependsOn: [],
    vpcId,
    async subnets(ctx) {
      const id = await vpcId(ctx)
      const Filters = [{ Name: 'vpc-id', Values: [id] }]
      const { Subnets = [] } = await aws.call('ec2:DescribeSubnets', { Filters }, ctx)
      return Subnets.filter(({ DefaultForAz, VpcId }) => DefaultForAz && VpcId === id)
        .map(({ SubnetId = '', AvailabilityZone = '' }) => ({ id: SubnetId, zone: AvailabilityZone }))
        .toSorted((a, b) => (a.zone < b.zone ? -1 : 1))
    },
  }
}

/** Zones that offer an instance type, sorted. @throws BookstoreError 'type-not-offered'. */
export async function zonesOffering(aws: Aws, type: string, ctx: Context): Promise<readonly string[]> {
  const found = await aws.call(
    'ec2:DescribeInstanceTypeOfferings',
    { LocationType: 'availability-zone', Filters: [{ Name: 'instance-type', Values: [type] }] },
    ctx,
  )
  const zones = (found.InstanceTypeOfferings ?? []).flatMap(({ InstanceType, Location }) =>
    InstanceType === type && Location ? [Location] : [],
  )
  if (zones.length === 0) throw notOffered(type, aws.region)
  return zones.toSorted()
}

function noDefaultVpc(region: string): BookstoreError {
  return new BookstoreError(`The account has no default VPC in ${region}.`, {
    code: 'no-default-vpc',
    fault: 'user',
    hint: 'Let bookstore make one of its own (aws: {vpc: dedicated} in bookstore.yaml), or make the default one: aws ec2 create-default-vpc',
  })
}

function notOffered(type: string, region: string): BookstoreError {
  return new BookstoreError(`No zone of ${region} offers the instance type ${type}.`, {
    code: 'type-not-offered',
    fault: 'user',
    hint: 'Name another one as aws.instanceType, or another region.',
  })
}
