import { DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteTagsCommand,
  DisassociateAddressCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { DeleteBucketLifecycleCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { counts, oneShop } from './account.ts'
import { Shop } from './shop.ts'

const changing =
  /^(Create|Run|Put|Import|Allocate|Associate|Authorize|Delete|Revoke|Modify|Add|Tag|Subscribe|Start|Stop)/

describe('the life of a shop at AWS', { sequential: true, shuffle: false }, () => {
  let shop: Shop
  const at = inCloud()
  beforeAll(async () => {
    shop = await Shop.open(at.cloud, { alerts: 'ana@proyecto2.test' })
  })
  afterAll(() => shop?.close())

  const idOf = async (kind: 'instance' | 'security-group' | 'address') => (await at.cloud.dump())[kind][0]?.id ?? ''

  it('is made with one of everything', async () => {
    await shop.up()
    expect(counts(await at.cloud.dump())).toEqual({ ...oneShop, topic: 1 })
  })

  it('is launched as it is safe: metadata with a token only, one hop, an encrypted disk', async () => {
    const [launched] = at.cloud.calls().filter(({ action }) => action === 'RunInstances')
    expect(launched?.parameters).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: '1' },
      BlockDeviceMapping: [{ Ebs: { VolumeType: 'gp3', VolumeSize: '8', Encrypted: 'true' } }],
    })
  })

  it('is left alone by a second run, which only reads, and not once more than it has to', async () => {
    const before = at.cloud.calls().length
    expect((await shop.plan()).steps).toEqual([])
    expect((await shop.up()).done).toEqual([])
    const made = at.cloud.calls().slice(before)
    expect(made.filter(({ action }) => changing.test(action))).toEqual([])
    expect(made.length).toBeLessThanOrEqual(2 * 20)
  })

  it('plans alike for the same world', async () => {
    const [one, other] = [await shop.plan(), await shop.plan()]
    expect(JSON.stringify(one)).toBe(JSON.stringify(other))
  })

  it('is mended where somebody changed it: a rule, a stopped machine, an address moved away, a tag', async () => {
    const [machine, group, address] = await Promise.all([idOf('instance'), idOf('security-group'), idOf('address')])
    const hole = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
    const { ec2 } = at.clients
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [hole] }))
    await ec2.send(new StopInstancesCommand({ InstanceIds: [machine] }))
    const { address: owned } = await shop.blueprint()
    const { association } = (await owned.read(shop.context())) ?? {}
    await ec2.send(new DisassociateAddressCommand({ AssociationId: association }))
    await ec2.send(new DeleteTagsCommand({ Resources: [machine, address], Tags: [{ Key: 'bookstore:stack' }] }))

    const [bucket] = (await at.cloud.dump()).bucket
    await at.clients.s3.send(new DeleteBucketLifecycleCommand({ Bucket: bucket?.id }))
    await at.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['bookstore-shop-backup'] }))

    const { steps } = await shop.plan()
    expect(steps.map(({ address: step, action }) => `${action} ${step}`).toSorted()).toEqual([
      'create aws.elastic-ip-association/web',
      'update aws.alarms/machine',
      'update aws.bucket/backups',
      'update aws.elastic-ip/web',
      'update aws.instance/web',
      'update aws.security-group/web',
    ])
    expect(JSON.stringify(steps)).toContain('tcp 5432 from 0.0.0.0/0')
    await shop.up()
    expect((await shop.plan()).steps).toEqual([])
    expect(counts(await at.cloud.dump())).toEqual({ ...oneShop, topic: 1 })
    expect(await idOf('instance')).toBe(machine)
  })

  it('never sees a shop of the same name in another region, nor one of another name beside it', async () => {
    const elsewhere = await Shop.open(at.cloud, { region: 'us-west-2' })
    const beside = await Shop.open(at.cloud, { name: 'other' })
    try {
      expect((await elsewhere.plan()).steps.every(({ action }) => action === 'create')).toBe(true)
      expect((await elsewhere.down()).done).toEqual([])
      await beside.up()
      expect((await shop.plan()).steps).toEqual([])
      await beside.down()
      expect((await shop.plan()).steps).toEqual([])
      expect(counts(await at.cloud.dump())).toEqual({ ...oneShop, topic: 1 })
    } finally {
      await Promise.all([elsewhere.close(), beside.close()])
    }
  })

  it('calls nothing that its resources do not declare', async () => {
    const { owned } = await shop.blueprint()
    const declared = new Set(
      owned.flatMap(({ calls }) => Object.values(calls).flat()).map((each) => each.split(':')[1]),
    )
    declared.add('GetCallerIdentity')
    // The front names it by its sub-resource.
    const made = at.cloud.calls().map(({ action }) => action.replace('BucketPublicAccessBlock', 'PublicAccessBlock'))
    const ours = made.filter(
      (action) =>
        !['AuthorizeSecurityGroupIngress', 'DeleteTags', 'DeleteBucketLifecycleConfiguration'].includes(action),
    )
    expect([...new Set(ours)].filter((action) => !declared.has(action as never))).toEqual([])
  })

  it('goes, and leaves the account as it was', async () => {
    await shop.down()
    expect(counts(await at.cloud.dump())).toEqual({})
    expect((await shop.down()).done).toEqual([])
  })
})
