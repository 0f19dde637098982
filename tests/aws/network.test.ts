import { setMaxListeners } from 'node:events'
import { DeleteSubnetCommand, DeleteVpcCommand, DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withAwsLease } from '../../provisioners/aws/verbs/up.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { counts, oneShop } from './account.ts'
import { Shop } from './shop.ts'

describe('a shop with a network of its own', { sequential: true, shuffle: false }, () => {
  let shop: Shop
  const at = inCloud()
  beforeAll(async () => {
    shop = await Shop.open(at.cloud, { vpc: 'dedicated' })
  })
  afterAll(() => shop?.close())

  it('needs no default one, and has one of everything', async () => {
    await shop.up()
    const account = await at.cloud.dump()
    // A network comes with a group of its own, and goes with it.
    const network = { vpc: 1, subnet: 2, 'internet-gateway': 1, 'security-group': 2 }
    expect(counts(account)).toMatchObject({ ...oneShop, ...network })
    expect((await shop.plan()).steps).toEqual([])
  })

  it('goes with its network', async () => {
    await shop.down()
    expect(counts(await at.cloud.dump())).toEqual({})
  })

  it('that is interrupted ends within three seconds, gives its lease back, and goes on afterwards', async () => {
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    at.cloud.fault([
      { action: 'AllocateAddress', times: 1, do: 'call', when: 'before', run: () => stop.abort(interrupted()) },
      { action: 'AllocateAddress', times: 1, do: 'delay', ms: 5_000 },
    ])
    const blueprint = await shop.blueprint()
    const ctx = shop.context(stop.signal)
    let began = 0
    stop.signal.addEventListener('abort', () => {
      began = performance.now()
    })
    await expect(withAwsLease(blueprint, 'up', ctx, () => shop.up(ctx))).rejects.toMatchObject({ status: 130 })
    expect(performance.now() - began).toBeLessThan(3_000)
    at.cloud.heal()
    await withAwsLease(await shop.blueprint(), 'up', shop.context(), () => shop.up())
    expect(counts(await at.cloud.dump())).toMatchObject({ address: 1, instance: 1 })
    await shop.down()
    expect(counts(await at.cloud.dump())).toEqual({})
  })

  it('is what is offered where the account has no default one', async () => {
    const { Vpcs = [] } = await at.clients.ec2.send(new DescribeVpcsCommand({}))
    const vpc = Vpcs.find(({ IsDefault }) => IsDefault)?.VpcId
    const Filters = [{ Name: 'vpc-id', Values: [vpc ?? ''] }]
    const { Subnets = [] } = await at.clients.ec2.send(new DescribeSubnetsCommand({ Filters }))
    for (const { SubnetId } of Subnets) await at.clients.ec2.send(new DeleteSubnetCommand({ SubnetId }))
    await at.clients.ec2.send(new DeleteVpcCommand({ VpcId: vpc }))
    const plain = await Shop.open(at.cloud)
    await expect(plain.up()).rejects.toMatchObject({
      code: 'no-default-vpc',
      hint: expect.stringContaining('vpc: dedicated'),
    })
    await plain.down()
    await plain.close()
  })
})
