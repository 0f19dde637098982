import type { Call } from '../calls.ts'
import { text } from './rule.ts'

/** Prefixes of actions, where they are not the service's name. */
const prefixes: Record<string, string> = { tagging: 'tag' }

/**
 * Actions of S3 that are not named as their call: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html, each
 * under "Permissions".
 */
const ofS3: Record<string, string> = {
  CompleteMultipartUpload: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBuckets: 'ListAllMyBuckets',
  ListObjectVersions: 'ListBucketVersions',
  ListObjectsV2: 'ListBucket',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  UploadPart: 'PutObject',
}

/** What a call with tags needs besides: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
const tagging: Record<string, string> = {
  'cloudwatch PutMetricAlarm': 'cloudwatch:TagResource',
  'iam CreateInstanceProfile': 'iam:TagInstanceProfile',
  'iam CreateRole': 'iam:TagRole',
  'sns CreateTopic': 'sns:TagResource',
  'ssm PutParameter': 'ssm:AddTagsToResource',
}

/** Calls that hand a role to a service: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
const passing = ['ec2 RunInstances', 'ec2 AssociateIamInstanceProfile', 'iam AddRoleToInstanceProfile']

/**
 * All that a caller must be allowed for this call, tags in a create call included
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html).
 */
export function actionsOf(call: Call): string[] {
  const { service, action, parameters } = call
  // It needs none: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  if (service === 'sts' && action === 'GetCallerIdentity') return []
  const name = `${service} ${action}`
  const needed = [`${prefixes[service] ?? service}:${service === 's3' ? (ofS3[action] ?? action) : action}`]
  if (service === 'ec2' && parameters.TagSpecification !== undefined) needed.push('ec2:CreateTags')
  const tags = tagging[name]
  if (tags && parameters.Tags !== undefined) needed.push(tags)
  const profile = text(call, 'IamInstanceProfile', 'Name') || text(call, 'IamInstanceProfile', 'Arn')
  if (passing.includes(name) && (service === 'iam' || profile)) needed.push('iam:PassRole')
  return needed
}
