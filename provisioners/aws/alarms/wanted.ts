import { type AwsStack, nameOf } from '../stack.ts'
import type { Alarm } from './alarm.ts'
import { figureAlarms } from './of-figures.ts'

/**
 * What is watched: from outside of the machine whether it runs, and what it says of itself. A failed system check moves it to
 * other hardware, a failed instance check restarts it; somebody is told of all.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html
 *
 * @param topic ARN, where somebody is to be told.
 */
export function wantedAlarms(stack: AwsStack, instanceId: string, topic: string | undefined): Alarm[] {
  const { partition, aws } = stack
  const told = topic === undefined ? [] : [topic]
  const check = (suffix: string, metric: string, action: 'recover' | 'reboot', words: string): Alarm => ({
    AlarmName: nameOf(stack, suffix),
    AlarmDescription: words,
    Namespace: 'AWS/EC2',
    MetricName: metric,
    Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: action === 'recover' ? 2 : 3,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'missing',
    AlarmActions: [`arn:${partition}:automate:${aws.region}:ec2:${action}`, ...told],
    OKActions: told,
  })
  return [
    check('system-check', 'StatusCheckFailed_System', 'recover', 'The hardware below the shop has failed.'),
    check('instance-check', 'StatusCheckFailed_Instance', 'reboot', 'The machine of the shop does not answer.'),
    ...figureAlarms(stack, told),
  ]
}

/** The fields that are compared, as one text. */
export function alarmText(alarm: Partial<Alarm>): string {
  return JSON.stringify([
    alarm.Namespace,
    alarm.MetricName,
    (alarm.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).toSorted(),
    alarm.Statistic,
    alarm.Period,
    alarm.EvaluationPeriods,
    alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    alarm.Threshold,
    alarm.ComparisonOperator,
    alarm.TreatMissingData ?? 'missing',
    (alarm.AlarmActions ?? []).toSorted(),
    (alarm.OKActions ?? []).toSorted(),
    (alarm.InsufficientDataActions ?? []).toSorted(),
  ])
}
