import { backupPrefix, figureNamespace } from '../from-machine/names.ts'

export interface MachineRights {
  partition: string
  region: string
  account: string
  bucket: string
  /** Names whose challenges it writes at Route 53; none where another provider keeps the zone. */
  challenges: readonly string[]
  /** Where it is known, the only zone. */
  hostedZone: string | undefined
}

type Statement = Record<string, unknown>

/**
 * What the machine may do by itself: put its backups, publish its figures, and write the TXT records of its own
 * challenges. Nothing else, so that whoever breaks into it has no more. Pure.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
export function machinePolicy(rights: MachineRights): object {
  const { bucket, partition } = rights
  const statements: Statement[] = [
    {
      Sid: 'PutBackups',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: `arn:${partition}:s3:::${bucket}/${backupPrefix}*`,
    },
    {
      Sid: 'PublishFigures',
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringEquals: { 'cloudwatch:namespace': figureNamespace } },
    },
    ...(rights.challenges.length > 0 ? challengeStatements(rights) : []),
  ]
  return { Version: '2012-10-17', Statement: statements }
}

function challengeStatements({ partition, challenges, hostedZone }: MachineRights): Statement[] {
  const zone = `arn:${partition}:route53:::hostedzone/${hostedZone ?? '*'}`
  return [
    {
      Sid: 'AnswerChallenges',
      Effect: 'Allow',
      Action: 'route53:ChangeResourceRecordSets',
      Resource: zone,
      Condition: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': challenges.map((name) => `_acme-challenge.${name}`),
          'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'],
        },
      },
    },
    { Sid: 'ReadZone', Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: zone },
    {
      Sid: 'FollowChanges',
      Effect: 'Allow',
      Action: 'route53:GetChange',
      Resource: `arn:${partition}:route53:::change/*`,
    },
    // Takes no resource: Service Authorization Reference of Route 53.
    { Sid: 'FindZone', Effect: 'Allow', Action: 'route53:ListHostedZonesByName', Resource: '*' },
  ]
}

/** Only EC2 may hand this role to a machine. */
export const trustPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

/** The same whatever order keys were written in, and whatever was encoded. */
export function canonical(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

/** As IAM answers: percent-encoded JSON (API_GetRolePolicy). Undefined where it cannot be read. */
export function decoded(document: string | undefined): unknown {
  try {
    return document === undefined ? undefined : JSON.parse(decodeURIComponent(document))
  } catch {
    return undefined
  }
}
