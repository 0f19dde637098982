import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'

/** The service's clock, as the header Date of an answer tells it; put beside what the SDK knows of the answer. */
export interface Dated {
  serverDate?: string
}

export const client = (config: STSClientConfig) => {
  const sts = new STSClient(config)
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { headers?: Record<string, string> }
      const metadata = (result.output as { $metadata?: Dated }).$metadata
      if (metadata && headers?.date) metadata.serverDate = headers.date
      return result
    },
    { step: 'deserialize', name: 'serverDate', priority: 'high' },
  )
  return sts
}

export const commands = {
  GetCallerIdentity: GetCallerIdentityCommand,
} as const
