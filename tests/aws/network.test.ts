import { setMaxListeners } from 'node:events'
import { DeleteSubnetCommand, DeleteVpcCommand, DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withAwsLease } from '../../provisioners/aws/verbs/up.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { type Clients, clientsFor, closeClients } from '../lab/aws/clients.ts'
import { type Cloud, openCloud } from '../lab/aws/cloud.ts'
import { counts, oneShop } from './account.ts'
import { Shop } from './shop.ts'

describe('a shop with a network of its own', { sequential: true, shuffle: false }, () => {
  let cloud: Cloud
  let clients: Clients
  let shop: Shop
  beforeAll(async () => {
    cloud = await openCloud()
    clients = clientsFor(cloud.endpoint)
    shop = await Shop.open(cloud, { vpc: 'dedicated' })
  }, 600_000)
  afterAll(async () => {
    closeClients(clients)
    await shop?.close()
    await cloud?.close()
  })

  it('needs no default one, and has one of everything', async () => {
    await shop.up()
    const account = await cloud.dump()
    // A network comes with a group of its own, and goes with it.
    const network = { vpc: 1, subnet: 2, 'internet-gateway': 1, 'security-group': 2 }
    expect(counts(account)).toMatchObject({ ...oneShop, ...network })
    expect((await shop.plan()).steps).toEqual([])
  })

  it('goes with its network', async () => {
    await shop.down()
    expect(counts(await cloud.dump())).toEqual({})
  })

  it('that is interrupted ends within two seconds, gives its lease back, and goes on afterwards', async () => {
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    cloud.fault([
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
    cloud.heal()
    await withAwsLease(await shop.blueprint(), 'up', shop.context(), () => shop.up())
    expect(counts(await cloud.dump())).toMatchObject({ address: 1, instance: 1 })
    await shop.down()
    expect(counts(await cloud.dump())).toEqual({})
  })

  it('is what is offered where the account has no default one', async () => {
    const { Vpcs = [] } = await clients.ec2.send(new DescribeVpcsCommand({}))
    const vpc = Vpcs.find(({ IsDefault }) => IsDefault)?.VpcId
    const Filters = [{ Name: 'vpc-id', Values: [vpc ?? ''] }]
    const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({ Filters }))
    for (const { SubnetId } of Subnets) await clients.ec2.send(new DeleteSubnetCommand({ SubnetId }))
    await clients.ec2.send(new DeleteVpcCommand({ VpcId: vpc }))
    const plain = await Shop.open(cloud)
    await expect(plain.up()).rejects.toMatchObject({
      code: 'no-default-vpc',
      hint: expect.stringContaining('vpc: dedicated'),
    })
    await plain.down()
    await plain.close()
  })
})
