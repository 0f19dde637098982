import { type Connection, connect, type Settings } from '../connection.ts'

/** What a machine asks of AWS by itself, with the credentials of its role, and no client more. */
const loaders = {
  cloudwatch: () => import('./cloudwatch.ts'),
  s3: () => import('./s3.ts'),
} as const

export type MachineAws = Connection<typeof loaders>

/**
 * Credentials are those that the SDK finds by itself: on a machine at AWS, what its metadata service gives to its role.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
 */
export const connectFromMachine = (settings: Settings): MachineAws => connect(loaders, new Set(), settings)
