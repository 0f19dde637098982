import { AllocateAddressCommand } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeAwsLease } from '../../provisioners/aws/lease.ts'
import { tagsOf } from '../../provisioners/aws/stack.ts'
import { apply } from '../../provisioners/engine/apply.ts'
import { plan } from '../../provisioners/engine/plan.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { counts, oneShop } from './account.ts'
import { Shop } from './shop.ts'

describe('a shop at AWS on bad days', () => {
  let shop: Shop
  const at = inCloud()
  beforeEach(async () => {
    shop = await Shop.open(at.cloud)
  })
  afterEach(async () => {
    at.cloud.heal()
    await shop.down()
    await shop.close()
    expect(counts(await at.cloud.dump())).toEqual({})
  })

  it('has one of everything though the answer to each create is lost', async () => {
    const creates = ['AllocateAddress', 'CreateSecurityGroup', 'ImportKeyPair', 'RunInstances', 'CreateRole']
    at.cloud.fault(creates.map((action) => ({ action, times: 1, do: 'lose-answer' as const })))
    const { resources, stack } = await shop.blueprint()
    const ctx = shop.context()
    expect((await apply(await plan(resources, ctx), resources, ctx)).failed).toEqual([])
    // Whoever comes next need not look for what is known.
    expect(stack.aws.unsettled).toBe(0)
    expect(counts(await at.cloud.dump())).toEqual(oneShop)
    expect((await shop.plan()).steps).toEqual([])
  })

  it('stops at two addresses of its own, and says which', async () => {
    const Tags = tagsOf({ name: 'shop' }, 'aws.elastic-ip/web')
    const input = { Domain: 'vpc' as const, TagSpecifications: [{ ResourceType: 'elastic-ip' as const, Tags }] }
    const made = [1, 2].map(() => at.clients.ec2.send(new AllocateAddressCommand(input)))
    const ids = (await Promise.all(made)).map(({ AllocationId = '' }) => AllocationId)
    await expect
      .poll(() =>
        shop.plan().then(
          () => undefined,
          (error: { code: string; message: string }) => error,
        ),
      )
      .toMatchObject({ code: 'aws-ambiguous', message: expect.stringContaining(ids[0] ?? '?') })
    const { ReleaseAddressCommand } = await import('@aws-sdk/client-ec2')
    for (const AllocationId of ids) await at.clients.ec2.send(new ReleaseAddressCommand({ AllocationId }))
  })

  it('takes the next zone where one has no room', async () => {
    at.cloud.fault([
      { action: 'RunInstances', times: 1, do: 'refuse', code: 'InsufficientInstanceCapacity', status: 500 },
    ])
    await shop.up()
    const zones = new Set(
      at.cloud
        .calls()
        .filter(({ action }) => action === 'RunInstances')
        .slice(-2)
        .map(({ parameters }) => parameters.SubnetId),
    )
    expect(zones.size).toBe(2)
    expect((await at.cloud.dump()).instance).toHaveLength(1)
  })

  it('says which call is not allowed', async () => {
    at.cloud.fault([{ action: 'AllocateAddress', do: 'refuse', code: 'UnauthorizedOperation', status: 403 }])
    await expect(shop.up()).rejects.toMatchObject({
      code: 'aws-denied',
      hint: expect.stringContaining('ec2:AllocateAddress'),
    })
  })

  it('gives its lease to one of two operators, and to the next when it was released', async () => {
    const of = async () => {
      const { stack, parameters } = await shop.blueprint()
      return { aws: stack.aws, parameters, verb: 'up' }
    }
    const ctx = shop.context()
    const takers = await Promise.all([of(), of()])
    const taken = await Promise.allSettled(takers.map((request) => takeAwsLease(request, ctx)))
    const held = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const refused = taken.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(held).toHaveLength(1)
    expect(refused).toMatchObject([{ code: 'busy', status: 75 }])
    await held[0]?.release()
    const next = await takeAwsLease(await of(), ctx)
    await next.check()
    await next.release()
  })
})
