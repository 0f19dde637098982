import type { Operation } from '../clients.ts'
import { resourceTag, stackTag } from '../stack.ts'

/**
 * What IAM wants to see for each call that we make: actions, resource types and condition keys as the Service
 * Authorization Reference lists them (https://docs.aws.amazon.com/service-authorization/latest/reference/).
 */

/** What the ARNs of a stack are made of. */
export interface Names {
  partition: string
  region: string
  account: string
  stack: string
  bucket: string
  role: string
  topic: string
  /** Records that are ours. */
  domains: readonly string[]
  hostedZone: string | undefined
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

export interface Grant {
  actions: readonly string[]
  resources: readonly string[]
  when?: Conditions
}

type Rule = (names: Names) => readonly Grant[]

/** Reads that take no resource. */
const anywhere =
  (...actions: string[]): Rule =>
  () => [{ actions, resources: ['*'] }]

const regional = ({ partition, region, account }: Names, service: string, resource: string) =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`

const ec2 = (names: Names, ...types: string[]) => types.map((type) => regional(names, 'ec2', `${type}/*`))
const keyPairArn = (names: Names) => regional(names, 'ec2', `key-pair/bookstore-${names.stack}`)

/** The call makes something, and gives it our tag. */
const tagging = ({ stack }: Names): Conditions => ({ StringEquals: { [`aws:RequestTag/${stackTag}`]: stack } })
/** What is changed has our tag. */
const tagged = ({ stack }: Names): Conditions => ({ StringEquals: { [`aws:ResourceTag/${stackTag}`]: stack } })

/**
 * Whatever its type: each action knows its own types only, so that the tag alone decides, and one statement does for all.
 * Images are of other accounts, hence the star.
 */
const anyOfEc2 = ({ partition, region }: Names) => [`arn:${partition}:ec2:${region}:*:*`]
const makes =
  (action: string): Rule =>
  (names) => [{ actions: [`ec2:${action}`], resources: anyOfEc2(names), when: tagging(names) }]
const changes =
  (action: string): Rule =>
  (names) => [{ actions: [`ec2:${action}`], resources: anyOfEc2(names), when: tagged(names) }]
const both =
  (...rules: Rule[]): Rule =>
  (names) =>
    rules.flatMap((rule) => rule(names))
const onKeyPair =
  (action: string, when?: (names: Names) => Conditions): Rule =>
  (names) => [{ actions: [`ec2:${action}`], resources: [keyPairArn(names)], ...(when ? { when: when(names) } : {}) }]

const onRole =
  (...actions: string[]): Rule =>
  ({ partition, account, role }) => [{ actions, resources: [`arn:${partition}:iam::${account}:role/${role}`] }]
const onProfile =
  (...actions: string[]): Rule =>
  ({ partition, account, role }) => [
    { actions, resources: [`arn:${partition}:iam::${account}:instance-profile/${role}`] },
  ]
const onBucket =
  (...actions: string[]): Rule =>
  ({ partition, bucket }) => [{ actions, resources: [`arn:${partition}:s3:::${bucket}`] }]
const onObjects =
  (...actions: string[]): Rule =>
  ({ partition, bucket }) => [{ actions, resources: [`arn:${partition}:s3:::${bucket}/*`] }]
const onTopic =
  (...actions: string[]): Rule =>
  (names) => [{ actions, resources: [regional(names, 'sns', names.topic)] }]
const onAlarms =
  (...actions: string[]): Rule =>
  (names) => [{ actions, resources: [regional(names, 'cloudwatch', `alarm:bookstore-${names.stack}-*`)] }]
const onParameters =
  (...actions: string[]): Rule =>
  (names) => [
    {
      actions,
      resources: [`parameter/bookstore/${names.stack}`, `parameter/bookstore/${names.stack}/*`].map((path) =>
        regional(names, 'ssm', path),
      ),
    },
  ]

/** EC2 hands the role to the machine: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
const passesRole: Rule = ({ partition, account, role }) => [
  {
    actions: ['iam:PassRole'],
    resources: [`arn:${partition}:iam::${account}:role/${role}`],
    when: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
  },
]

/**
 * Calls that make something give it its tags at once, which needs a right of its own for exactly those calls; and a tag
 * that somebody took away is put back where one of ours is left.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
const tags: Rule = (names) => {
  const resources = anyOfEc2(names)
  const request = { [`aws:RequestTag/${stackTag}`]: names.stack }
  const actions = ['ec2:CreateTags']
  return [
    { actions, resources, when: { StringEquals: { ...request, 'ec2:CreateAction': creators } } },
    { actions, resources, when: tagged(names) },
    {
      actions,
      resources,
      when: { StringEquals: request, StringLike: { [`aws:ResourceTag/${resourceTag}`]: 'aws.*' } },
    },
  ]
}

const creators = [
  'RunInstances',
  'CreateSecurityGroup',
  'AuthorizeSecurityGroupIngress',
  'AllocateAddress',
  'ImportKeyPair',
  'CreateVpc',
  'CreateSubnet',
  'CreateInternetGateway',
]

/** A machine is made with a disk and a network interface, from an image that is somebody else's. */
const runs: Rule = (names) => [
  ...makes('RunInstances')(names),
  ...changes('RunInstances')(names),
  {
    actions: ['ec2:RunInstances'],
    resources: [`arn:${names.partition}:ec2:${names.region}::image/*`, ...ec2(names, 'subnet'), keyPairArn(names)],
  },
]

/** The images that Canonical and Debian publish. */
const readsPublicParameters: Rule = ({ partition, region }) => [
  { actions: ['ssm:GetParameter'], resources: [`arn:${partition}:ssm:${region}:*:parameter/aws/service/*`] },
]

/** Every call, so that one without a rule does not compile. */
export const rules: Readonly<Record<Operation, Rule>> = {
  'cloudwatch:DeleteAlarms': onAlarms('cloudwatch:DeleteAlarms'),
  'cloudwatch:DescribeAlarms': onAlarms('cloudwatch:DescribeAlarms'),
  'cloudwatch:ListTagsForResource': onAlarms('cloudwatch:ListTagsForResource'),
  'cloudwatch:PutMetricAlarm': onAlarms('cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'),
  'cloudwatch:TagResource': onAlarms('cloudwatch:TagResource'),
  'ec2:AllocateAddress': makes('AllocateAddress'),
  'ec2:AssociateAddress': changes('AssociateAddress'),
  'ec2:AttachInternetGateway': changes('AttachInternetGateway'),
  'ec2:AuthorizeSecurityGroupIngress': both(
    changes('AuthorizeSecurityGroupIngress'),
    makes('AuthorizeSecurityGroupIngress'),
  ),
  'ec2:CreateInternetGateway': makes('CreateInternetGateway'),
  // The main route table of a network has no tags.
  'ec2:CreateRoute': (names) => [{ actions: ['ec2:CreateRoute'], resources: ec2(names, 'route-table') }],
  'ec2:CreateSecurityGroup': both(makes('CreateSecurityGroup'), (names) => [
    { actions: ['ec2:CreateSecurityGroup'], resources: ec2(names, 'vpc') },
  ]),
  'ec2:CreateSubnet': both(makes('CreateSubnet'), changes('CreateSubnet')),
  'ec2:CreateTags': tags,
  'ec2:CreateVpc': makes('CreateVpc'),
  'ec2:DeleteInternetGateway': changes('DeleteInternetGateway'),
  'ec2:DeleteKeyPair': onKeyPair('DeleteKeyPair'),
  'ec2:DeleteSecurityGroup': changes('DeleteSecurityGroup'),
  'ec2:DeleteSubnet': changes('DeleteSubnet'),
  'ec2:DeleteVpc': changes('DeleteVpc'),
  'ec2:DescribeAddresses': anywhere('ec2:DescribeAddresses'),
  'ec2:DescribeImages': anywhere('ec2:DescribeImages'),
  'ec2:DescribeInstances': anywhere('ec2:DescribeInstances'),
  'ec2:DescribeInstanceTypeOfferings': anywhere('ec2:DescribeInstanceTypeOfferings'),
  'ec2:DescribeInstanceTypes': anywhere('ec2:DescribeInstanceTypes'),
  'ec2:DescribeInternetGateways': anywhere('ec2:DescribeInternetGateways'),
  'ec2:DescribeKeyPairs': anywhere('ec2:DescribeKeyPairs'),
  'ec2:DescribeNetworkInterfaces': anywhere('ec2:DescribeNetworkInterfaces'),
  'ec2:DescribeRouteTables': anywhere('ec2:DescribeRouteTables'),
  'ec2:DescribeSecurityGroups': anywhere('ec2:DescribeSecurityGroups'),
  'ec2:DescribeSnapshots': anywhere('ec2:DescribeSnapshots'),
  'ec2:DescribeSubnets': anywhere('ec2:DescribeSubnets'),
  'ec2:DescribeVolumes': anywhere('ec2:DescribeVolumes'),
  'ec2:DescribeVpcs': anywhere('ec2:DescribeVpcs'),
  'ec2:DetachInternetGateway': changes('DetachInternetGateway'),
  'ec2:DisassociateAddress': changes('DisassociateAddress'),
  'ec2:ImportKeyPair': onKeyPair('ImportKeyPair', tagging),
  'ec2:ModifyInstanceAttribute': changes('ModifyInstanceAttribute'),
  'ec2:ModifyInstanceMetadataOptions': changes('ModifyInstanceMetadataOptions'),
  'ec2:ModifySubnetAttribute': changes('ModifySubnetAttribute'),
  'ec2:ReleaseAddress': changes('ReleaseAddress'),
  'ec2:RevokeSecurityGroupIngress': changes('RevokeSecurityGroupIngress'),
  'ec2:RunInstances': both(runs, passesRole),
  'ec2:StartInstances': changes('StartInstances'),
  'ec2:StopInstances': changes('StopInstances'),
  'ec2:TerminateInstances': changes('TerminateInstances'),
  'iam:AddRoleToInstanceProfile': both(onProfile('iam:AddRoleToInstanceProfile'), passesRole),
  'iam:CreateInstanceProfile': onProfile('iam:CreateInstanceProfile', 'iam:TagInstanceProfile'),
  'iam:CreateRole': onRole('iam:CreateRole', 'iam:TagRole'),
  'iam:DeleteInstanceProfile': onProfile('iam:DeleteInstanceProfile'),
  'iam:DeleteRole': onRole('iam:DeleteRole'),
  'iam:DeleteRolePolicy': onRole('iam:DeleteRolePolicy'),
  'iam:GetInstanceProfile': onProfile('iam:GetInstanceProfile'),
  'iam:GetRole': onRole('iam:GetRole'),
  'iam:GetRolePolicy': onRole('iam:GetRolePolicy'),
  'iam:ListAttachedRolePolicies': onRole('iam:ListAttachedRolePolicies'),
  'iam:ListRolePolicies': onRole('iam:ListRolePolicies'),
  'iam:PutRolePolicy': onRole('iam:PutRolePolicy'),
  'iam:RemoveRoleFromInstanceProfile': onProfile('iam:RemoveRoleFromInstanceProfile'),
  'iam:TagRole': onRole('iam:TagRole'),
  'iam:UpdateAssumeRolePolicy': onRole('iam:UpdateAssumeRolePolicy'),
  's3:CreateBucket': onBucket('s3:CreateBucket'),
  's3:DeleteBucket': onBucket('s3:DeleteBucket'),
  's3:DeleteObjects': onObjects('s3:DeleteObject', 's3:DeleteObjectVersion'),
  's3:GetBucketEncryption': onBucket('s3:GetEncryptionConfiguration'),
  's3:GetBucketLifecycleConfiguration': onBucket('s3:GetLifecycleConfiguration'),
  's3:GetBucketTagging': onBucket('s3:GetBucketTagging'),
  's3:GetBucketVersioning': onBucket('s3:GetBucketVersioning'),
  's3:GetPublicAccessBlock': onBucket('s3:GetBucketPublicAccessBlock'),
  's3:HeadBucket': onBucket('s3:ListBucket'),
  's3:ListObjectVersions': onBucket('s3:ListBucketVersions'),
  's3:PutBucketEncryption': onBucket('s3:PutEncryptionConfiguration'),
  's3:PutBucketLifecycleConfiguration': onBucket('s3:PutLifecycleConfiguration'),
  's3:PutBucketTagging': onBucket('s3:PutBucketTagging'),
  's3:PutBucketVersioning': onBucket('s3:PutBucketVersioning'),
  's3:PutPublicAccessBlock': onBucket('s3:PutBucketPublicAccessBlock'),
  'servicequotas:GetAWSDefaultServiceQuota': anywhere('servicequotas:GetAWSDefaultServiceQuota'),
  'servicequotas:GetServiceQuota': anywhere('servicequotas:GetServiceQuota'),
  'sns:CreateTopic': onTopic('sns:CreateTopic', 'sns:TagResource'),
  'sns:DeleteTopic': onTopic('sns:DeleteTopic'),
  'sns:GetTopicAttributes': onTopic('sns:GetTopicAttributes'),
  'sns:ListSubscriptionsByTopic': onTopic('sns:ListSubscriptionsByTopic'),
  'sns:ListTagsForResource': onTopic('sns:ListTagsForResource'),
  'sns:Subscribe': onTopic('sns:Subscribe'),
  'sns:TagResource': onTopic('sns:TagResource'),
  // Takes the topic whose subscription it is.
  'sns:Unsubscribe': onTopic('sns:Unsubscribe'),

  'ssm:AddTagsToResource': onParameters('ssm:AddTagsToResource'),
  'ssm:DeleteParameters': onParameters('ssm:DeleteParameters'),
  'ssm:GetParameter': readsPublicParameters,
  'ssm:GetParametersByPath': onParameters('ssm:GetParametersByPath'),
  'ssm:PutParameter': onParameters('ssm:PutParameter', 'ssm:AddTagsToResource'),
  // Anybody may ask who they are: API_GetCallerIdentity.
  'sts:GetCallerIdentity': () => [],
  'tagging:GetResources': anywhere('tag:GetResources'),
}

/** Where Route 53 keeps the zone: the records of the shop's names and of their challenges, and nothing else. */
export const zoneRules: Rule = ({ partition, domains, hostedZone }) => {
  const zone = `arn:${partition}:route53:::hostedzone/${hostedZone ?? '*'}`
  const recordNames = domains.flatMap((name) => [name, `_acme-challenge.${name}`])
  return [
    {
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [zone],
      when: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': recordNames,
          'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA', 'TXT'],
        },
      },
    },
    { actions: ['route53:ListResourceRecordSets'], resources: [zone] },
    { actions: ['route53:GetChange'], resources: [`arn:${partition}:route53:::change/*`] },
    { actions: ['route53:ListHostedZonesByName'], resources: ['*'] },
  ]
}
