import { readFile } from 'node:fs/promises'
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  ImportKeyPairCommand,
  type Instance,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
} from '@aws-sdk/client-route-53'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, run } from '../box/run.ts'
import { until } from '../box/until.ts'
import { describeLab } from '../describe-lab.ts'
import { type Lab, startLab } from '../lab.ts'
import type { NameServer } from '../names/name-server.ts'
import { type Clients, clientsFor, closeClients } from './clients.ts'
import { type Cloud, openCloud } from './cloud.ts'

describeLab('instances that are machines', () => {
  let [lab, cloud, aws, names]: [Lab, Cloud, Clients, NameServer] = [] as never
  let [group, key]: [string, string] = ['', '']
  let instance: Instance
  const told = `#cloud-config\nruncmd: [[sh, -c, "echo told >/etc/told"]]\n`

  beforeAll(async () => {
    lab = await startLab()
    names = await lab.nameServer({ zones: ['shop.test'] })
    cloud = await openCloud({ lab, names, zones: ['shop.test'], timing: { visibleAfter: 0 } })
    aws = clientsFor(cloud.endpoint)
    key = `${lab.folder}/operator`
    await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key])
    const PublicKeyMaterial = await readFile(`${key}.pub`)
    await aws.ec2.send(new ImportKeyPairCommand({ KeyName: 'operator', PublicKeyMaterial }))
    const asked = { GroupName: 'shop', Description: 'of a test' }
    group = (await aws.ec2.send(new CreateSecurityGroupCommand(asked))).GroupId ?? ''
    await ssh('authorize')
    await makeRole()
    instance = await launch()
    await reaches('running')
    await cloud.settled()
  })
  afterAll(async () => {
    if (aws) closeClients(aws)
    await cloud?.close()
    await lab?.close()
  })

  const launch = async () => {
    const Name = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id'
    const ImageId = (await aws.ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value
    const parts = { KeyName: 'operator', SecurityGroupIds: [group], UserData: Buffer.from(told).toString('base64') }
    const IamInstanceProfile = { Name: 'machine' }
    const size = { InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const
    return (
      (await aws.ec2.send(new RunInstancesCommand({ ImageId, ...size, ...parts, IamInstanceProfile })))
        .Instances?.[0] ?? {}
    )
  }
  const makeRole = async () => {
    const [RoleName, InstanceProfileName] = ['machine', 'machine']
    const trust = { Version: '2012-10-17', Statement: [] }
    await aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }))
    const Statement = [{ Effect: 'Allow', Action: 'route53:List*', Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'zones', PolicyDocument }))
    await aws.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }))
    await aws.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))
  }
  const ids = () => ({ InstanceIds: [instance.InstanceId ?? ''] })
  const look = async () => {
    const { Reservations } = await aws.ec2.send(new DescribeInstancesCommand(ids()))
    return Reservations?.[0]?.Instances?.[0] ?? {}
  }
  const reaches = (state: string) => until(`it is ${state}`, async () => (await look()).State?.Name === state)
  const ssh = (what: 'authorize' | 'revoke') => {
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]
    const input = { GroupId: group, IpPermissions }
    return what === 'authorize'
      ? aws.ec2.send(new AuthorizeSecurityGroupIngressCommand(input))
      : aws.ec2.send(new RevokeSecurityGroupIngressCommand(input))
  }
  const command = (address: string | undefined, line: string) => {
    const options = ['StrictHostKeyChecking=no', `UserKnownHostsFile=${key}.known`, 'BatchMode=yes', 'ConnectTimeout=3']
    const argv = ['ssh', '-F', 'none', '-i', key, ...options.flatMap((it) => ['-o', it])]
    return run([...argv, `ubuntu@${address}`, line])
  }
  const onPort = async (address: string | undefined, port: number) =>
    (await run(['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`])).status

  it('boots with its user data, at addresses of the lab, for whom the key pair and the image say', async () => {
    const { PublicIpAddress, PrivateIpAddress, PublicDnsName } = await look()
    expect([PublicIpAddress, PrivateIpAddress].every((it) => it?.startsWith(`${lab.prefix}.`))).toBe(true)
    expect(PublicIpAddress).not.toBe(PrivateIpAddress)
    expect(PublicDnsName).toContain(PublicIpAddress?.replaceAll('.', '-'))
    const said = await command(PublicIpAddress, 'cat /etc/told; sudo -n id -un')
    expect(said).toMatchObject({ status: 0, stdout: 'told\nroot\n' })
    const { Output = '' } = await aws.ec2.send(new GetConsoleOutputCommand({ InstanceId: instance.InstanceId }))
    expect(Buffer.from(Output, 'base64').toString()).toContain('Cloud-init')
  })

  it('lets in what its groups allow, and nothing else', async () => {
    const { PublicIpAddress } = await look()
    expect(await onPort(PublicIpAddress, 22)).toBe(0)
    // Nobody listens there: a refusal would come at once.
    expect(await onPort(PublicIpAddress, 80)).toBe(124)
    await ssh('revoke')
    expect(await onPort(PublicIpAddress, 22)).toBe(124)
    await ssh('authorize')
    expect(await onPort(PublicIpAddress, 22)).toBe(0)
  })

  it('takes an Elastic IP, which stays through a stop and a start', async () => {
    const before = (await look()).PublicIpAddress
    const { AllocationId, PublicIp } = await aws.ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))
    expect(await onPort(PublicIp, 22)).not.toBe(0)
    await aws.ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: instance.InstanceId }))
    expect((await look()).PublicIpAddress).toBe(PublicIp)
    expect([await onPort(PublicIp, 22), await onPort(before, 22)]).toEqual([0, expect.not.stringMatching('^0$')])
    await aws.ec2.send(new StopInstancesCommand(ids()))
    expect((await look()).State?.Name).toBe('stopping')
    await reaches('stopped')
    expect(await onPort(PublicIp, 22)).not.toBe(0)
    await aws.ec2.send(new StartInstancesCommand(ids()))
    await reaches('running')
    expect((await command(PublicIp, 'cat /etc/told')).stdout).toBe('told\n')
  })

  it('has no more capacity than the lab has room', async () => {
    await expect(launch()).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' })
  })

  it('reaches the cloud from inside, with the rights of its role, which it learns as at AWS', async () => {
    const { PublicIpAddress } = await look()
    const ask = 'curl -s http://169.254.169.254/latest'
    const token = `-H "X-aws-ec2-metadata-token: $(${ask}/api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')"`
    const lines = [
      `curl -s -o /dev/null -w '%{http_code}\n' ${cloud.endpoint}/`,
      `${ask}/meta-data/ -o /dev/null -w '%{http_code}\n'`,
      `${ask}/meta-data/iam/security-credentials/machine ${token}`,
    ]
    const [cloudSays, withoutToken, ...said] = (await command(PublicIpAddress, lines.join('; '))).stdout.split('\n')
    expect([cloudSays, withoutToken]).toEqual([expect.stringMatching(/^[1-5]\d\d$/), '401'])
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(said.join('\n'))
    const given = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
    const machine = clientsFor(cloud.endpoint, given)
    const { HostedZones } = await machine.route53.send(new ListHostedZonesByNameCommand({ DNSName: 'shop.test' }))
    expect(HostedZones).toHaveLength(1)
    await expect(machine.ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
    })
    closeClients(machine)
  })

  it('serves the records of a hosted zone by real servers, whose names the zone tells', async () => {
    const { HostedZones } = await aws.route53.send(new ListHostedZonesByNameCommand({ DNSName: 'shop.test' }))
    const Id = HostedZones?.[0]?.Id?.split('/').at(-1)
    const zone = await aws.route53.send(new GetHostedZoneCommand({ Id }))
    expect(zone.DelegationSet?.NameServers?.sort()).toEqual(await names.query('shop.test', 'NS'))
    const change = async (Action: 'UPSERT' | 'DELETE', Type: 'A' | 'TXT', ...values: string[]) => {
      const set = { Name: 'www.shop.test', Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) }
      const ChangeBatch = { Changes: [{ Action, ResourceRecordSet: set }] }
      await aws.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: Id, ChangeBatch }))
      return names.query('www.shop.test', Type)
    }
    expect(await change('UPSERT', 'A', '192.0.2.1', '192.0.2.2')).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(await change('UPSERT', 'TXT', '"one two"')).toEqual(['one two'])
    expect(await change('DELETE', 'A', '192.0.2.1', '192.0.2.2')).toEqual([])
  })
})

// An account's last deed in a lab of its own, so that the tests above may come in any order.
describeLab('an instance that is terminated', () => {
  it('takes its machine along, and the lab has room again', async () => {
    const lab = await startLab()
    const cloud = await openCloud({ lab, timing: { visibleAfter: 0 } })
    const aws = clientsFor(cloud.endpoint)
    try {
      const Name = '/aws/service/debian/release/12/latest/amd64'
      const ImageId = (await aws.ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value
      const size = { InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const
      const { Instances } = await aws.ec2.send(new RunInstancesCommand({ ImageId, ...size }))
      await aws.ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }))
      await cloud.settled()
      const { instance, volume, 'network-interface': interfaces } = await cloud.dump()
      expect({ instance, volume, interfaces }).toEqual({ instance: [], volume: [], interfaces: [] })
      await (await lab.machine()).must(['true'])
    } finally {
      closeClients(aws)
      await cloud.close()
      await lab.close()
    }
  })
})
