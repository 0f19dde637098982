import type { Image as Ec2Image } from '@aws-sdk/client-ec2'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Aws, Operation } from '../clients.ts'
import { isAbsent, isAws } from '../errors.ts'
import { type Architecture, type Distribution, distributions } from './distributions.ts'

export interface Image {
  id: string
  /** '/dev/sda1': the disk whose size we say has to be named as the image names it. */
  rootDevice: string
}

export const imageCalls: readonly Operation[] = ['ssm:GetParameter', 'ec2:DescribeImages']

/**
 * The newest image of a distribution: as its publisher's public parameter says, else the newest that its publisher
 * owns. A pinned id ('ami-...') is taken as it is.
 *
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
 *
 * @throws BookstoreError 'image-unknown'.
 */
export async function findImage(aws: Aws, wanted: string, architecture: Architecture, ctx: Context): Promise<Image> {
  if (wanted.startsWith('ami-')) return { id: wanted, rootDevice: (await describe(aws, wanted, ctx)) ?? '/dev/sda1' }
  const distribution = distributions[wanted as keyof typeof distributions]
  const id = await byParameter(aws, distribution.parameter(architecture), ctx)
  if (id !== undefined) return { id, rootDevice: (await describe(aws, id, ctx)) ?? distribution.rootDevice }
  const newest = await byOwner(aws, distribution, architecture, ctx)
  if (newest?.ImageId === undefined) throw unknown(wanted, architecture, aws.region)
  return { id: newest.ImageId, rootDevice: newest.RootDeviceName ?? distribution.rootDevice }
}

async function byParameter(aws: Aws, Name: string, ctx: Context): Promise<string | undefined> {
  try {
    return (await aws.call('ssm:GetParameter', { Name }, ctx)).Parameter?.Value
  } catch (error) {
    // Somebody who may not read them still finds the image by its owner.
    if (isAbsent(error) || isAws(error, 'AccessDeniedException')) return undefined
    throw error
  }
}

async function byOwner(
  aws: Aws,
  { owner, name }: Distribution,
  architecture: Architecture,
  ctx: Context,
): Promise<Ec2Image | undefined> {
  const Filters = [
    { Name: 'name', Values: [name(architecture)] },
    { Name: 'state', Values: ['available'] },
  ]
  const { Images = [] } = await aws.call('ec2:DescribeImages', { Owners: [owner], Filters }, ctx)
  const theirs = Images.filter(({ OwnerId }) => OwnerId === owner)
  return theirs.toSorted((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''))[0]
}

/** The root device of an image; undefined where the image is not shown to us. */
async function describe(aws: Aws, id: string, ctx: Context): Promise<string | undefined> {
  const Filters = [{ Name: 'image-id', Values: [id] }]
  const { Images = [] } = await aws.call('ec2:DescribeImages', { Filters }, ctx)
  return Images.find(({ ImageId }) => ImageId === id)?.RootDeviceName
}

function unknown(wanted: string, architecture: Architecture, region: string): BookstoreError {
  return new BookstoreError(`No image of ${wanted} for ${architecture} is to be found in ${region}.`, {
    code: 'image-unknown',
    fault: 'user',
    hint: 'Name another one as aws.image, or pin one by its id: image: ami-...',
  })
}
