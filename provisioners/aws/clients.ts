import { type Connection, connect, type InputOf, type OperationOf, type Settings } from './connection.ts'

const loaders = {
  cloudwatch: () => import('./sdk/cloudwatch.ts'),
  ec2: () => import('./sdk/ec2.ts'),
  iam: () => import('./sdk/iam.ts'),
  s3: () => import('./sdk/s3.ts'),
  servicequotas: () => import('./sdk/servicequotas.ts'),
  sns: () => import('./sdk/sns.ts'),
  ssm: () => import('./sdk/ssm.ts'),
  sts: () => import('./sdk/sts.ts'),
  tagging: () => import('./sdk/tagging.ts'),
} as const

export type Operation = OperationOf<typeof loaders>
export type Input<O extends Operation> = InputOf<typeof loaders, O>
export type Aws = Connection<typeof loaders>

/**
 * Creates that take no idempotency token: sent once, and after a lost answer it is looked before they are sent again
 * (resource.ts). The lists of actions with tokens and without:
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
const sentOnce: ReadonlySet<Operation> = new Set<Operation>([
  'ec2:AllocateAddress',
  'ec2:CreateInternetGateway',
  'ec2:CreateSecurityGroup',
  'ec2:CreateSubnet',
  'ec2:CreateVpc',
  'ec2:ImportKeyPair',
  'iam:CreateInstanceProfile',
  'iam:CreateRole',
  'ssm:PutParameter',
])

/** All that an operator asks of AWS. */
export const connectAws = (settings: Settings): Aws => connect(loaders, sentOnce, settings)
