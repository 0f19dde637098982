import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { CreateInstanceProfileCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand, GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { beforeAll, describe, expect, it } from 'vitest'
import { until } from '../box/until.ts'
import { inCloud } from './in-cloud.ts'

/** What passes by is to be seen on a busy computer too. */
const unhurried = { transition: 1_500, linger: 2_500 }

const debian = '/aws/service/debian/release/12/latest/amd64'

describe.each(['moto', 'ministack'] as const)('what AWS does and an emulator does not: %s', (core) => {
  let image: string
  let made = 0
  const at = inCloud({ core, timing: unhurried })
  beforeAll(async () => {
    image = (await at.clients.ssm.send(new GetParameterCommand({ Name: debian }))).Parameter?.Value ?? ''
  })

  const run = async (input: Partial<RunInstancesCommandInput> = {}) => {
    const usual = { ImageId: image, InstanceType: 't3.micro' as const, MinCount: 1, MaxCount: 1 }
    const { Instances } = await at.clients.ec2.send(new RunInstancesCommand({ ...usual, ...input }))
    return Instances?.[0]?.InstanceId ?? ''
  }
  const stateOf = async (id: string) => {
    const { Reservations } = await at.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    return Reservations?.[0]?.Instances?.[0]?.State?.Name
  }
  const reaches = (id: string, state: string) =>
    until(`${id} is ${state}`, async () => (await stateOf(id).catch(() => undefined)) === state, { forMs: 30_000 })
  const terminate = (id: string) => at.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  const group = async () => {
    made += 1
    const asked = { GroupName: `group-${made}`, Description: 'of a test' }
    const id = (await at.clients.ec2.send(new CreateSecurityGroupCommand(asked))).GroupId ?? ''
    const seen = () => at.clients.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] })).catch(() => undefined)
    await until('the group is seen', seen)
    return id
  }

  it('gives the same instance for the same token, and refuses other parameters and instances that are gone', async () => {
    const [first, second] = await Promise.all([run({ ClientToken: 'one' }), run({ ClientToken: 'one' })])
    expect(second).toBe(first)
    await expect(run({ ClientToken: 'one', InstanceType: 't3.small' })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    })
    expect(await run({ ClientToken: 'two' })).not.toBe(first)
    await reaches(first, 'running')
    await terminate(first)
    await expect(run({ ClientToken: 'one' })).rejects.toMatchObject({ name: 'IdempotentInstanceTerminated' })
  })

  it('does not know at once what it has just made, be it by id or in a list', async () => {
    const id = await run({ TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'young', Value: 'yes' }] }] })
    const listed = async () => {
      const { Reservations } = await at.clients.ec2.send(
        new DescribeInstancesCommand({ Filters: [{ Name: 'tag:young', Values: ['yes'] }] }),
      )
      return (Reservations ?? []).flatMap((it) => it.Instances ?? []).map((it) => it.InstanceId)
    }
    expect(await listed()).toEqual([])
    await expect(stateOf(id)).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' })
    await until('it is listed', async () => (await listed()).includes(id), { forMs: 30_000 })
  })

  it('takes instances through the states between, and filters by what it shows', async () => {
    const id = await run()
    const among = async (...Values: string[]) => {
      const Filters = [{ Name: 'instance-state-name', Values }]
      const { Reservations } = await at.clients.ec2.send(new DescribeInstancesCommand({ Filters }))
      return (Reservations ?? []).flatMap((it) => it.Instances ?? []).some((it) => it.InstanceId === id)
    }
    await reaches(id, 'running')
    expect([await among('running'), await among('pending')]).toEqual([true, false])
    await terminate(id)
    expect(await stateOf(id)).toBe('shutting-down')
    expect([await among('shutting-down'), await among('terminated')]).toEqual([true, false])
    await reaches(id, 'terminated')
  })

  it('keeps a group while an instance that is going, or another group, uses it', async () => {
    const [used, other] = [await group(), await group()]
    const remove = (GroupId: string) => at.clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId }))
    const id = await run({ SecurityGroupIds: [used] })
    await expect(remove(used)).rejects.toMatchObject({ name: 'DependencyViolation' })
    await reaches(id, 'running')
    await terminate(id)
    await reaches(id, 'terminated')
    await expect(remove(used)).rejects.toMatchObject({ name: 'DependencyViolation' })
    await until('its interface is gone', () => remove(used).then(Boolean, () => false), { forMs: 30_000 })
    const kept = await group()
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: kept }] }]
    await at.clients.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: other, IpPermissions }))
    await expect(remove(kept)).rejects.toMatchObject({ name: 'DependencyViolation' })
  })

  it('releases no address that is in use, and associates none with an instance that is not running yet', async () => {
    const id = await run()
    const { AllocationId, PublicIp } = await at.clients.ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))
    expect(PublicIp).toMatch(/^127\./)
    const associate = () => at.clients.ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: id }))
    await expect(associate()).rejects.toThrow()
    await reaches(id, 'running')
    const { AssociationId } = await until('the address is known', () => associate().catch(() => undefined))
    const release = () => at.clients.ec2.send(new ReleaseAddressCommand({ AllocationId }))
    await expect(release()).rejects.toMatchObject({ name: 'InvalidIPAddress.InUse' })
    await at.clients.ec2.send(new DisassociateAddressCommand({ AssociationId }))
    await release()
  })

  it('has limits for user data, parameters and tags', async () => {
    const UserData = Buffer.alloc(16_385, 'x').toString('base64')
    await expect(run({ UserData })).rejects.toThrow('16384')
    const put = (Value: string) =>
      at.clients.ssm.send(new PutParameterCommand({ Name: '/size', Value, Type: 'String' }))
    await expect(put('x'.repeat(4_097))).rejects.toMatchObject({ name: 'ValidationException' })
    await put('x'.repeat(4_096))
    const Tags = [{ Key: 'k'.repeat(129), Value: '' }]
    await expect(run({ TagSpecifications: [{ ResourceType: 'instance', Tags }] })).rejects.toThrow('too long')
  })

  it('launches nothing that refers to what is not there or does not fit', async () => {
    await expect(run({ ImageId: 'ami-0123456789abcdef0' })).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' })
    await expect(run({ KeyName: 'nobody' })).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' })
    await expect(run({ SecurityGroupIds: ['sg-0'] })).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' })
    await expect(run({ InstanceType: 't4g.small' })).rejects.toThrow('architecture')
    await expect(run({ IamInstanceProfile: { Name: 'nobody' } })).rejects.toThrow('Invalid IAM Instance Profile')
    await at.clients.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'empty' }))
    const launch = () => run({ IamInstanceProfile: { Name: 'empty' } })
    await expect(launch()).rejects.toThrow('Invalid IAM Instance Profile')
    await until('it is known', () => launch().catch((it) => /no associated IAM Roles/.test(it.message)))
    await expect(run({ DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperation' })
  })

  it('publishes the images of Debian and Ubuntu, by parameter and by owner', async () => {
    const ubuntu = '/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id'
    const found = await at.clients.ssm.send(new GetParametersCommand({ Names: [debian, ubuntu, '/aws/service/none'] }))
    expect(found.Parameters).toHaveLength(2)
    expect(found.InvalidParameters).toEqual(['/aws/service/none'])
    const Filters = [{ Name: 'name', Values: ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*'] }]
    const { Images = [] } = await at.clients.ec2.send(new DescribeImagesCommand({ Owners: ['099720109477'], Filters }))
    const newest = Images.sort((a, b) => ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? 1 : -1))[0]
    expect(newest?.ImageId).toBe(found.Parameters?.find(({ Name }) => Name === ubuntu)?.Value)
  })
})
