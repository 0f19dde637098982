import { CreateSecurityGroupCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { CreateRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { inCloud } from './in-cloud.ts'
import { allows } from './policy.ts'

const policy = (...Action: string[]) => ({ Statement: [{ Effect: 'Allow' as const, Action }] })

describe('a policy in the lab', () => {
  const at = inCloud()

  it('allows what it names, stars included, and nothing that it denies', () => {
    expect(allows([policy('ec2:Describe*')], 'ec2:DescribeVpcs')).toBe(true)
    expect(allows([policy('ec2:Describe*')], 'ec2:CreateVpc')).toBe(false)
    const deny = { Statement: { Effect: 'Deny' as const, NotAction: 'ec2:*' } }
    expect(allows([policy('*'), deny], 's3:GetObject')).toBe(false)
    expect(allows([policy('*'), deny], 'ec2:RunInstances')).toBe(true)
  })

  it('allows it where and as it says, as far as a call tells', () => {
    const there = [
      { Statement: [{ Effect: 'Allow' as const, Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/in/*' }] },
    ]
    expect(allows(there, 's3:PutObject', { resource: 'arn:aws:s3:::b/in/1' })).toBe(true)
    expect(allows(there, 's3:PutObject', { resource: 'arn:aws:s3:::b/out/1' })).toBe(false)
    const Condition = { StringEquals: { 'cloudwatch:namespace': 'Ours' } }
    const ours = [{ Statement: [{ Effect: 'Allow' as const, Action: 'cloudwatch:*', Resource: '*', Condition }] }]
    expect(allows(ours, 'cloudwatch:PutMetricData', { keys: { 'cloudwatch:namespace': 'Ours' } })).toBe(true)
    expect(allows(ours, 'cloudwatch:PutMetricData', { keys: { 'cloudwatch:namespace': 'Theirs' } })).toBe(false)
  })

  it('is refused in the words of each service', async () => {
    at.cloud.allow(policy('sns:*'))
    await expect(at.clients.ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
    })
    await expect(at.clients.iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(
      at.clients.ssm.send(new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await at.clients.sts.send(new GetCallerIdentityCommand({}))
  })

  it('must allow the tags of what is made', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }]
    const make = () =>
      at.clients.ec2.send(
        new CreateSecurityGroupCommand({
          ...{ GroupName: 'tagged', Description: 'of a test' },
          TagSpecifications: [{ ResourceType: 'security-group', Tags }],
        }),
      )
    at.cloud.allow(policy('ec2:CreateSecurityGroup'))
    await expect(make()).rejects.toThrow('ec2:CreateTags')
    at.cloud.allow(policy('ec2:CreateSecurityGroup', 'ec2:CreateTags', 'iam:CreateRole'))
    await make()
    const role = { RoleName: 'tagged', AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}', Tags }
    await expect(at.clients.iam.send(new CreateRoleCommand(role))).rejects.toThrow('iam:TagRole')
  })
})
