import {
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2'
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam'
import type { Call } from '../calls.ts'
import { publicImages } from '../core/images.ts'
import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { isYoung, type World } from '../world.ts'
import { type Rule, text, texts } from './rule.ts'

/** What a launch refers to must be there and fit together. */
const parts: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
  async before(call, world) {
    if (call.service !== 'ec2' || call.action !== 'RunInstances') return undefined
    return (await wrongGroup(call, world)) ?? (await wrongType(call, world))
  },
}

async function wrongGroup(call: Call, { core }: World): Promise<WireAnswer | undefined> {
  const ids = texts(call, 'SecurityGroupId')
  if (ids.length === 0) return undefined
  const { SecurityGroups = [] } = await core.ec2.send(new DescribeSecurityGroupsCommand({}))
  const unknown = ids.find((id) => !SecurityGroups.some(({ GroupId }) => GroupId === id))
  if (!unknown) return undefined
  return errorAnswer(call, 'InvalidGroup.NotFound', `The security group '${unknown}' does not exist`)
}

async function wrongType(call: Call, { core }: World): Promise<WireAnswer | undefined> {
  const [type, image, zone] = [
    text(call, 'InstanceType'),
    text(call, 'ImageId'),
    text(call, 'Placement', 'AvailabilityZone'),
  ]
  const asked = { InstanceTypes: [type as never] }
  const { InstanceTypes: [found] = [] } = await core.ec2
    .send(new DescribeInstanceTypesCommand(asked))
    .catch(() => ({ InstanceTypes: [] }))
  if (!found) return errorAnswer(call, 'InvalidParameterValue', `Invalid value '${type}' for InstanceType.`)
  const known = publicImages.find(({ id }) => id === image)?.architecture ?? (await ownArchitecture(image, core))
  if (!known) return errorAnswer(call, 'InvalidAMIID.NotFound', `The image id '[${image}]' does not exist`)
  const fits = processorOf(type)
  if (fits !== known)
    return errorAnswer(
      call,
      'InvalidParameterValue',
      `The architecture '${fits}' of the specified instance type does not match the architecture '${known}' of the specified AMI.`,
    )
  if (!zone) return undefined
  const filters = [
    { Name: 'instance-type', Values: [type] },
    { Name: 'location', Values: [zone] },
  ]
  const offered = new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters: filters })
  // ministack does not know; then it is offered.
  const answer = await core.ec2.send(offered).catch(() => undefined)
  if (answer?.InstanceTypeOfferings?.length !== 0) return undefined
  return errorAnswer(
    call,
    'Unsupported',
    `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}).`,
  )
}

/** A g behind the generation is for Graviton: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
function processorOf(type: string): 'arm64' | 'x86_64' {
  return /^([a-z]+\d+g|a1)/.test(type) ? 'arm64' : 'x86_64'
}

async function ownArchitecture(image: string, { ec2 }: World['core']): Promise<string | undefined> {
  const asked = new DescribeImagesCommand({ ImageIds: [image], Owners: ['self'] })
  const { Images: [found] = [] } = await ec2.send(asked).catch(() => ({ Images: [] }))
  return found?.Architecture
}

/** A profile is not known to EC2 at once, and of no use before it has a role. */
const profile: Rule = {
  page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency',
  async before(call, world) {
    if (call.service !== 'ec2' || !['RunInstances', 'AssociateIamInstanceProfile'].includes(call.action))
      return undefined
    const named = text(call, 'IamInstanceProfile', 'Name') || text(call, 'IamInstanceProfile', 'Arn').split('/').at(-1)
    if (!named) return undefined
    const found = await world.core.iam
      .send(new GetInstanceProfileCommand({ InstanceProfileName: named }))
      .catch(() => undefined)
    if (!found?.InstanceProfile || isYoung(world, `instance-profile ${named}`))
      return errorAnswer(
        call,
        'InvalidParameterValue',
        `Value (${named}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
      )
    if (found.InstanceProfile.Roles?.length === 0)
      return errorAnswer(
        call,
        'InvalidParameterValue',
        `IAM Instance Profile "${found.InstanceProfile.Arn}" has no associated IAM Roles`,
      )
    return undefined
  },
  after(call, { status }, world) {
    if (
      call.service === 'iam' &&
      status < 300 &&
      /^(CreateInstanceProfile|AddRoleToInstanceProfile)$/.test(call.action)
    )
      world.made.set(`instance-profile ${text(call, 'InstanceProfileName')}`, Date.now())
    return undefined
  },
}

export const launch: readonly Rule[] = [profile, parts]
