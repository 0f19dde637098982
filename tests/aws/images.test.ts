import { afterEach, describe, expect, it } from 'vitest'
import { connectAws } from '../../provisioners/aws/clients.ts'
import { type Architecture, distributions } from '../../provisioners/aws/image/distributions.ts'
import { findImage } from '../../provisioners/aws/image/find-image.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { publicImages } from '../lab/aws/core/images.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { Shop } from './shop.ts'

const kinds = Object.keys(distributions).flatMap((image) =>
  (['x64', 'arm64'] as const).map((architecture) => ({ image, architecture })),
)

/** The newest that its publisher has: the lab's account has an older one of each beside it. */
function newest(image: string, architecture: Architecture) {
  const [name = '', version = ''] = image.split('-')
  const found = publicImages.filter(
    (each) =>
      each.architecture === (architecture === 'x64' ? 'x86_64' : 'arm64') &&
      each.name.startsWith(name) &&
      each.name.includes(`-${version}-`),
  )
  if (found.length !== 1) throw new Error(`${found.length} images of ${image}`)
  return found[0]
}

describe('the image of a new machine', () => {
  const at = inCloud()
  afterEach(() => at.cloud.heal())
  const find = (image: string, architecture: Architecture) => {
    const aws = connectAws({ region: 'eu-central-1', environment: at.cloud.environment })
    const ctx = { clock: systemClock, signal: AbortSignal.timeout(20_000), emit: () => {} }
    return findImage(aws, image, architecture, ctx).finally(() => aws.close())
  }

  it.each(kinds)('$image for $architecture is the one of the public parameter', async ({ image, architecture }) => {
    const wanted = newest(image, architecture)
    const before = at.cloud.calls().length
    expect(await find(image, architecture)).toEqual({ id: wanted?.id, rootDevice: wanted?.rootDevice })
    const asked = at.cloud.calls().slice(before)
    expect(asked[0]?.parameters.Name).toBe(wanted?.parameter)
    expect(asked.some(({ parameters }) => parameters.Owner !== undefined)).toBe(false)
  })

  it.each(kinds)('$image for $architecture is else the newest of its owner', async ({ image, architecture }) => {
    at.cloud.fault([{ service: 'ssm', action: 'GetParameter', do: 'refuse', code: 'ParameterNotFound' }])
    const wanted = newest(image, architecture)
    expect(await find(image, architecture)).toEqual({ id: wanted?.id, rootDevice: wanted?.rootDevice })
    const [asked] = at.cloud.calls().slice(-1)
    expect(asked?.parameters.Owner).toEqual([wanted?.owner])
  })

  it('is the pinned one, whatever is newer, with its own root device', async () => {
    const older = newest('debian-13', 'arm64')?.id.replace('ami-0', 'ami-1') ?? ''
    expect(await find(older, 'arm64')).toEqual({ id: older, rootDevice: '/dev/xvda' })
  })

  it('makes a machine of its architecture, and none where the type is of the other', async () => {
    const shop = await Shop.open(at.cloud, { image: 'debian-13', architecture: 'arm64', instanceType: 't4g.small' })
    try {
      await shop.up()
      const [launched] = at.cloud.calls().filter(({ action }) => action === 'RunInstances')
      expect(launched?.parameters).toMatchObject({
        ImageId: newest('debian-13', 'arm64')?.id,
        InstanceType: 't4g.small',
      })
      const misfit = await Shop.open(at.cloud, { name: 'misfit', image: 'debian-13', instanceType: 't4g.small' })
      await expect(misfit.up()).rejects.toMatchObject({ message: expect.stringContaining("architecture 'arm64'") })
      await misfit.down()
      await misfit.close()
    } finally {
      await shop.down()
      await shop.close()
    }
  })
})
