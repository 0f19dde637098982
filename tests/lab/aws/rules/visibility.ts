import type { Call } from '../calls.ts'
import { errorAnswer } from '../front/errors.ts'
import { children, type Element, everywhere, parseXml, textOf, writeXml } from '../front/xml.ts'
import { isYoung } from '../world.ts'
import { objects, type Rule, sameAnswer, texts } from './rule.ts'

interface Visible {
  /** The call that makes one, and the element of its answer that names it. */
  create: string
  id: string
  /** The call that shows them, its parameter for ids, and the element that lists them. */
  describe: string
  ids: string
  set: string
  missing: string
}

const kinds: Visible[] = [
  {
    ...{ create: 'RunInstances', id: 'instanceId', describe: 'DescribeInstances', ids: 'InstanceId' },
    ...{ set: 'instancesSet', missing: 'InvalidInstanceID.NotFound' },
  },
  {
    ...{ create: 'CreateSecurityGroup', id: 'groupId', describe: 'DescribeSecurityGroups', ids: 'GroupId' },
    ...{ set: 'securityGroupInfo', missing: 'InvalidGroup.NotFound' },
  },
  {
    ...{ create: 'AllocateAddress', id: 'allocationId', describe: 'DescribeAddresses', ids: 'AllocationId' },
    ...{ set: 'addressesSet', missing: 'InvalidAllocationID.NotFound' },
  },
  {
    ...{ create: 'CreateVpc', id: 'vpcId', describe: 'DescribeVpcs', ids: 'VpcId' },
    ...{ set: 'vpcSet', missing: 'InvalidVpcID.NotFound' },
  },
  {
    ...{ create: 'CreateSubnet', id: 'subnetId', describe: 'DescribeSubnets', ids: 'SubnetId' },
    ...{ set: 'subnetSet', missing: 'InvalidSubnetID.NotFound' },
  },
  {
    ...{ create: 'ImportKeyPair', id: 'keyPairId', describe: 'DescribeKeyPairs', ids: 'KeyPairId' },
    ...{ set: 'keySet', missing: 'InvalidKeyPair.NotFound' },
  },
]

/**
 * Who asks for a thing right after it was made may be told that there is none, or be shown the others only; a change of it may
 * fail likewise.
 */
export const visibility: Rule = {
  page: 'https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html',
  before(call, world) {
    if (call.service !== 'ec2') return undefined
    for (const kind of kinds) {
      const young = namedBy(call, kind).find((id) => isYoung(world, id))
      if (young) return errorAnswer(call, kind.missing, `The ID '${young}' does not exist`)
    }
    return undefined
  },
  after(call, answer, world) {
    if (call.service !== 'ec2' || answer.status >= 300) return undefined
    for (const { create, id } of kinds.filter((it) => it.create === call.action))
      for (const element of everywhere(parseXml(answer.body.toString()), id)) note(world.made, create, element)
    const shown = kinds.find((it) => it.describe === call.action)
    if (!shown) return undefined
    const document = parseXml(answer.body.toString())
    for (const set of everywhere(document, shown.set)) without(set, (item) => isYoung(world, textOf(item, shown.id)))
    for (const set of everywhere(document, 'reservationSet'))
      without(set, (item) => everywhere(item, 'instancesSet').every((it) => children(it, 'item').length === 0))
    return sameAnswer(answer, writeXml(document))
  },
}

function note(made: Map<string, number>, create: string, element: Element): void {
  const id = textOf(element)
  // A launch that is repeated with its token makes nothing anew, and names groups that stand for long.
  if (id && !made.has(id) && (create !== 'RunInstances' || id.startsWith('i-'))) made.set(id, Date.now())
}

/** The ids of this kind that a call names: to see them, or to do something to them. */
function namedBy(call: Call, { ids, describe }: Visible): string[] {
  const one = call.parameters[ids]
  const listed = typeof one === 'string' ? [one] : texts(call, ids)
  if (call.action === describe || listed.length > 0) return listed
  const groups = ids === 'GroupId' && call.action === 'RunInstances'
  return groups ? [...texts(call, 'SecurityGroupId'), ...objects(call, 'NetworkInterface').flatMap(groupsOf)] : []
}

function groupsOf({ SecurityGroupId }: Record<string, unknown>): string[] {
  return Array.isArray(SecurityGroupId) ? SecurityGroupId.filter((it) => typeof it === 'string') : []
}

function without(set: Element, young: (item: Element) => boolean): void {
  set.children = set.children.filter((it) => typeof it === 'string' || !young(it))
}
