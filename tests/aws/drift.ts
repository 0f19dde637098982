import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  ModifyInstanceMetadataOptionsCommand,
} from '@aws-sdk/client-ec2'
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import type { Clients } from '../lab/aws/clients.ts'
import type { Shop } from './shop.ts'

/** What somebody changes by hand at the machine, its wall and its role; and the configuration wants another type. */
export async function drift({ site }: Shop, { ec2, iam }: Clients): Promise<void> {
  const Filters = [
    { Name: 'key-name', Values: [`bookstore-${site.name}`] },
    { Name: 'instance-state-name', Values: ['running', 'stopped'] },
  ]
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  const [found] = Reservations.flatMap(({ Instances = [] }) => Instances)
  const { InstanceId = '', SecurityGroups: [group] = [], InstanceType } = found ?? {}
  const wide = { GroupId: group?.GroupId, IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, CidrIp: '0.0.0.0/0' }
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  await Promise.all([
    ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpTokens: 'optional' })),
    ec2.send(new AuthorizeSecurityGroupIngressCommand(wide)).catch(() => {}),
    ec2.send(new DeleteTagsCommand({ Resources: [InstanceId], Tags: [{ Key: 'bookstore:resource' }] })),
    iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: `bookstore-${site.name}-${site.aws?.region}`,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
      }),
    ),
  ])
  if (site.aws) site.aws.instanceType = InstanceType === 't3.micro' ? 't3.small' : 't3.micro'
}
