import { CloudWatchClient, type CloudWatchClientConfig, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'

export const client = (config: CloudWatchClientConfig) => new CloudWatchClient(config)

export const commands = { PutMetricData: PutMetricDataCommand } as const
