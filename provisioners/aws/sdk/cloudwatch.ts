import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch'

export const client = (config: CloudWatchClientConfig) => new CloudWatchClient(config)

export const commands = {
  DeleteAlarms: DeleteAlarmsCommand,
  DescribeAlarms: DescribeAlarmsCommand,
  PutMetricAlarm: PutMetricAlarmCommand,
  TagResource: TagResourceCommand,
  ListTagsForResource: ListTagsForResourceCommand,
} as const
