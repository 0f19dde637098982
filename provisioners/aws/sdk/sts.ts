import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'

export const client = (config: STSClientConfig) => new STSClient(config)

export const commands = {
  GetCallerIdentity: GetCallerIdentityCommand,
} as const
