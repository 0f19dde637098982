import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
  type ServiceQuotasClientConfig,
} from '@aws-sdk/client-service-quotas'

export const client = (config: ServiceQuotasClientConfig) => new ServiceQuotasClient(config)

export const commands = {
  GetAWSDefaultServiceQuota: GetAWSDefaultServiceQuotaCommand,
  GetServiceQuota: GetServiceQuotaCommand,
} as const
