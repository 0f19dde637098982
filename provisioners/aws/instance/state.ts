import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2'
import { changeOf, differs } from '../../engine/define.ts'
import type { Address, Change } from '../../engine/resource.ts'
import type { Architecture } from '../image/distributions.ts'
import { type AwsStack, ownership } from '../stack.ts'

export const instanceAddress: Address = 'aws.instance/web'
export const generationTag = 'bookstore:generation'

export interface Instance {
  id: string
  state: string
  type: string
  /** Of its image; a type of another processor cannot be had by it. Undefined where EC2 does not say. */
  architecture: Architecture | undefined
  /** GB of its disk, as it was made. */
  diskGb: number | undefined
  zone: string
  imageId: string
  /** The image as the configuration named it when the machine was made. */
  madeFrom: string | undefined
  groups: readonly string[]
  metadata: { tokens: string; hopLimit: number }
  profile: string | undefined
  tagged: boolean
  generation: number
}

export interface InstanceWish {
  type: string
  architecture: Architecture
  /** Undefined while they are not known yet. */
  group: string | undefined
}

export const madeFromTag = 'bookstore:image'
export const diskTag = 'bookstore:disk-gb'

const architectures: Readonly<Record<string, Architecture>> = { x86_64: 'x64', arm64: 'arm64' }

/** Undefined for what is not ours. */
export function instanceOf(stack: Pick<AwsStack, 'name'>, found: Ec2Instance): Instance | undefined {
  const whose = ownership(stack, instanceAddress, found.Tags)
  if (whose === 'foreign') return undefined
  const tag = (key: string) => found.Tags?.find(({ Key }) => Key === key)?.Value
  return {
    id: found.InstanceId ?? '',
    state: found.State?.Name ?? 'pending',
    type: found.InstanceType ?? '',
    architecture: architectures[found.Architecture ?? ''],
    diskGb: Number(tag(diskTag)) || undefined,
    zone: found.Placement?.AvailabilityZone ?? '',
    imageId: found.ImageId ?? '',
    madeFrom: tag(madeFromTag),
    groups: (found.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted(),
    metadata: {
      tokens: found.MetadataOptions?.HttpTokens ?? 'required',
      hopLimit: found.MetadataOptions?.HttpPutResponseHopLimit ?? 1,
    },
    profile: found.IamInstanceProfile?.Arn,
    tagged: whose === 'ours',
    generation: Number(tag(generationTag) ?? 1),
  }
}

/** It is on its way out, or gone: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html */
export const isDead = ({ state }: Pick<Instance, 'state'>) => state === 'shutting-down' || state === 'terminated'

/** Whether it has to stop for another type. One of another processor would leave it unable to start. Pure. */
export function resizes(wanted: InstanceWish, { type, architecture = wanted.architecture }: Instance): boolean {
  return type !== wanted.type && architecture === wanted.architecture
}

/** Pure. What can only be had by a new machine (image, disk) is left as it is: the shop's data is on it. */
export function compareInstance(wanted: InstanceWish, actual: Instance): Change {
  const stopped = actual.state === 'stopped' || actual.state === 'stopping'
  const groups = wanted.group === undefined ? actual.groups : [wanted.group]
  return changeOf(
    resizes(wanted, actual) && differs('type', actual.type, wanted.type),
    stopped && differs('state', actual.state, 'running'),
    differs('security groups', actual.groups, groups),
    differs('metadata', actual.metadata, { tokens: 'required', hopLimit: 1 }),
    differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete'),
  )
}
