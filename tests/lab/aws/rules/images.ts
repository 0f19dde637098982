import { randomUUID } from 'node:crypto'
import { type PublicImage, publicImages } from '../core/images.ts'
import { objects, type Rule, texts } from './rule.ts'

/** The public images, for an emulator that cannot be given any (ministack). Those of the account are left to it. */
export const images: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html',
  before(call) {
    if (call.service !== 'ec2' || call.action !== 'DescribeImages') return undefined
    const [owners, ids] = [texts(call, 'Owner'), texts(call, 'ImageId')]
    const asked = publicImages.filter(
      ({ id, owner }) => ids.includes(id) || (ids.length === 0 && owners.includes(owner)),
    )
    if (asked.length === 0) return undefined
    const found = asked.filter((image) => objects(call, 'Filter').every((filter) => passes(image, filter)))
    const set = `<imagesSet>${found.map(item).join('')}</imagesSet>`
    const body = `<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${randomUUID()}</requestId>${set}</DescribeImagesResponse>`
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) }
  },
}

/** A star stands for any text. */
function passes(image: PublicImage, { Name, Value }: Record<string, unknown>): boolean {
  const has = { name: image.name, architecture: image.architecture }[String(Name)]
  if (has === undefined || !Array.isArray(Value)) return true
  const patterns = Value.map((it) =>
    String(it)
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*'),
  )
  return patterns.some((it) => new RegExp(`^${it}$`).test(has))
}

function item(it: PublicImage): string {
  const fields = {
    imageId: it.id,
    imageOwnerId: it.owner,
    imageState: 'available',
    isPublic: 'true',
    architecture: it.architecture,
    imageType: 'machine',
    name: it.name,
    creationDate: it.created,
    rootDeviceName: it.rootDevice,
    rootDeviceType: 'ebs',
    virtualizationType: 'hvm',
  }
  return `<item>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</item>`
}
