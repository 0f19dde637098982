import { userData } from '../../../templates/cloud-init/user-data.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Input } from '../clients.ts'
import { AwsError, isAws } from '../errors.ts'
import type { Architecture } from '../image/distributions.ts'
import { findImage } from '../image/find-image.ts'
import type { HostKeys } from '../machine/host-key.ts'
import { type Network, type Subnet, zonesOffering } from '../network/network.ts'
import { repeated } from '../repeat.ts'
import { type AwsStack, nameOf, tagsOf } from '../stack.ts'
import { diskTag, generationTag, type Instance, instanceAddress, instanceOf, isDead, madeFromTag } from './state.ts'
import { launchToken } from './token.ts'

export interface LaunchSettings {
  network: Network
  hostKeys: HostKeys
  type: string
  image: string
  architecture: Architecture
  volumeGb: number
  group(): string
  /** Name of the instance profile. */
  profile: string
}

/** 16 KB before base64: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const userDataLimit = 16_384

/**
 * Launches the machine in the first zone that has room for it, with a token by which a repetition of the same launch
 * brings the same machine.
 *
 * @param generation Of this machine, counted from 1.
 */
export async function launch(
  stack: AwsStack,
  settings: LaunchSettings,
  generation: number,
  ctx: Context,
): Promise<Instance> {
  const { aws } = stack
  const [image, subnets, zones, key] = await Promise.all([
    findImage(aws, settings.image, settings.architecture, ctx),
    settings.network.subnets(ctx),
    zonesOffering(aws, settings.type, ctx),
    settings.hostKeys.forLaunch(ctx),
  ])
  const offered = subnets.filter(({ zone }) => zones.includes(zone))
  if (offered.length === 0) throw noSubnet(settings.type, zones)
  const text = userData(key)
  if (Buffer.byteLength(text) > userDataLimit) throw new Error('user data is too long')
  const common: Input<'ec2:RunInstances'> = {
    MinCount: 1,
    MaxCount: 1,
    ImageId: image.id,
    InstanceType: settings.type as NonNullable<Input<'ec2:RunInstances'>['InstanceType']>,
    KeyName: nameOf(stack),
    SecurityGroupIds: [settings.group()],
    IamInstanceProfile: { Name: settings.profile },
    UserData: Buffer.from(text).toString('base64'),
    // Defaults depend on image and account: API_RunInstances, MetadataOptions.
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [
      {
        DeviceName: image.rootDevice,
        Ebs: { VolumeType: 'gp3', VolumeSize: settings.volumeGb, Encrypted: true, DeleteOnTermination: true },
      },
    ],
    TagSpecifications: (['instance', 'volume', 'network-interface'] as const).map((ResourceType) => ({
      ResourceType,
      Tags: [
        ...tagsOf(stack, instanceAddress),
        { Key: generationTag, Value: String(generation) },
        { Key: madeFromTag, Value: settings.image },
        { Key: diskTag, Value: String(settings.volumeGb) },
      ],
    })),
  }
  return firstWithRoom(stack, common, offered, generation, ctx)
}

async function firstWithRoom(
  stack: AwsStack,
  common: Input<'ec2:RunInstances'>,
  subnets: readonly Subnet[],
  generation: number,
  ctx: Context,
): Promise<Instance> {
  let full: unknown
  for (const subnet of subnets) {
    try {
      return await launchIn(stack, common, subnet, generation, ctx)
    } catch (error) {
      // Another zone may have room: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
      if (!isAws(error, 'InsufficientInstanceCapacity', 'InsufficientHostCapacity', 'Unsupported')) throw error
      full = error
      const message = `${subnet.zone} has no room for ${common.InstanceType}`
      ctx.emit({ type: 'step-progress', address: instanceAddress, message })
    }
  }
  throw noCapacity(String(common.InstanceType), subnets, full)
}

/** The token of a machine that was terminated lately brings none, or that very one; then it is the next one's turn. */
async function launchIn(
  stack: AwsStack,
  common: Input<'ec2:RunInstances'>,
  { id: SubnetId }: Subnet,
  generation: number,
  ctx: Context,
): Promise<Instance> {
  const { account, name, aws } = stack
  const most = generation + 20
  for (let each = generation; each < most; each++) {
    const identity = { account, region: aws.region, stack: name, resource: instanceAddress, subnet: SubnetId }
    const ClientToken = launchToken({ ...identity, generation: each })
    try {
      const { Instances = [] } = await onceKnown(
        () =>
          repeated(
            () => aws.call('ec2:RunInstances', { ...common, SubnetId, ClientToken }, ctx),
            instanceAddress,
            ['InvalidGroup.NotFound', 'InvalidKeyPair.NotFound', 'InvalidSubnetID.NotFound'],
            ctx,
          ),
        ctx,
      )
      const made = Instances.map((found) => instanceOf(stack, found)).find((found) => found !== undefined)
      if (made && !isDead(made)) return made
    } catch (error) {
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
      if (!isAws(error, 'IdempotentInstanceTerminated', 'IdempotentParameterMismatch')) throw error
    }
  }
  throw new BookstoreError('Too many machines of this shop were terminated lately.', {
    code: 'launch-tokens',
    fault: 'remote',
    hint: 'Wait a day, or give the stack another name.',
  })
}

/** A role that was made a moment ago is not known to EC2 yet; the code for that is the one for every wrong value. */
async function onceKnown<T>(work: () => Promise<T>, ctx: Context): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const fresh =
        isAws(error, 'InvalidParameterValue') && /instance profile|associated IAM Roles/i.test(error.message)
      if (!fresh || attempt === 20) throw error
      ctx.emit({ type: 'retry', address: instanceAddress, code: error.awsCode, attempt, delayMs: 2_000 })
      await ctx.clock.sleep(2_000, ctx.signal)
    }
  }
}

function noSubnet(type: string, zones: readonly string[]): BookstoreError {
  return new BookstoreError(`The network has no subnet in a zone that offers ${type}: ${zones.join(', ')}.`, {
    code: 'no-subnet',
    fault: 'user',
    hint: 'Name another aws.instanceType, or let bookstore make a network of its own: aws: {vpc: dedicated}',
  })
}

function noCapacity(type: string, subnets: readonly Subnet[], cause: unknown): BookstoreError {
  const zones = subnets.map(({ zone }) => zone).join(', ')
  return new BookstoreError(`No zone has room for another ${type} now; these were tried: ${zones}.`, {
    code: 'aws-capacity',
    fault: 'remote',
    hint: 'Run the same command again later, or name another aws.instanceType or aws.region.',
    cause,
    ...(cause instanceof AwsError ? { details: cause.details } : {}),
  })
}
