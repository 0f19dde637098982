import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  type Instance,
} from '@aws-sdk/client-ec2'
import { errorAnswer } from '../front/errors.ts'
import type { World } from '../world.ts'
import { isDryRun, type Rule, text } from './rule.ts'

/** A group is in use while an instance or a rule of another group refers to it, and for a while after. */
const groups: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html',
  async before(call, world) {
    if (call.service !== 'ec2' || call.action !== 'DeleteSecurityGroup' || isDryRun(call)) return undefined
    const id = text(call, 'GroupId')
    const refused = (by: string) =>
      errorAnswer(call, 'DependencyViolation', `resource ${id} has a dependent object (${by})`)
    const user = (await instances(world)).find(
      (it) => it.SecurityGroups?.some(({ GroupId }) => GroupId === id) && lives(it, world),
    )
    if (user) return refused(user.InstanceId ?? '')
    const { SecurityGroups = [] } = await world.core.ec2.send(new DescribeSecurityGroupsCommand({}))
    const referring = SecurityGroups.find(
      ({ GroupId, IpPermissions = [], IpPermissionsEgress = [] }) =>
        GroupId !== id &&
        [...IpPermissions, ...IpPermissionsEgress].some((it) =>
          it.UserIdGroupPairs?.some((pair) => pair.GroupId === id),
        ),
    )
    return referring ? refused(referring.GroupId ?? '') : undefined
  },
}

/** An address must be taken off its instance first (ReleaseAddress, outside of EC2-Classic). */
const addresses: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html',
  async before(call, world) {
    if (call.service !== 'ec2' || call.action !== 'ReleaseAddress' || isDryRun(call)) return undefined
    const id = text(call, 'AllocationId')
    const { Addresses = [] } = await world.core.ec2.send(new DescribeAddressesCommand({}))
    const found = Addresses.find(({ AllocationId }) => AllocationId === id)
    return found?.AssociationId
      ? errorAnswer(
          call,
          'InvalidIPAddress.InUse',
          `The address ${found.PublicIp} is associated with ${found.InstanceId}`,
        )
      : undefined
  },
}

/** The interface of an instance stays in its subnet for a while after the instance has gone. */
const networks: Rule = {
  page: 'https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html',
  async before(call, world) {
    if (call.service !== 'ec2' || isDryRun(call)) return undefined
    const [name, of] = networkParts[call.action] ?? []
    if (!name || !of) return undefined
    const id = text(call, name)
    const user = (await instances(world)).find((it) => it[of] === id && lives(it, world))
    return user
      ? errorAnswer(
          call,
          'DependencyViolation',
          `The ${name} '${id}' has dependencies and cannot be deleted (${user.InstanceId})`,
        )
      : undefined
  },
}

const networkParts: Record<string, ['SubnetId' | 'VpcId', 'SubnetId' | 'VpcId']> = {
  DeleteSubnet: ['SubnetId', 'SubnetId'],
  DeleteVpc: ['VpcId', 'VpcId'],
  DetachInternetGateway: ['VpcId', 'VpcId'],
}

async function instances({ core }: World): Promise<Instance[]> {
  const { Reservations = [] } = await core.ec2.send(new DescribeInstancesCommand({}))
  return Reservations.flatMap((it) => it.Instances ?? [])
}

function lives({ InstanceId = '', State }: Instance, world: World): boolean {
  if (State?.Name !== 'terminated') return true
  const since = Date.now() - (world.changed.get(InstanceId) ?? 0)
  return since < world.timing.transition + world.timing.linger || world.machines.moving(InstanceId)
}

export const inUse: readonly Rule[] = [groups, addresses, networks]
