import { type FigureName, figureDimensions, figureNamespace } from '../from-machine/names.ts'
import { type AwsStack, nameOf } from '../stack.ts'
import type { Alarm } from './alarm.ts'

interface Limit {
  suffix: string
  figure: FigureName
  words: string
  /** Of five minutes each. */
  statistic: 'Maximum' | 'Sum'
  above: number
  /** How many of how many spans of five minutes. */
  of: readonly [number, number]
  missing: 'missing' | 'notBreaching'
}

/**
 * Where each figure begins to be a matter for somebody.
 *
 * A certificate is renewed at two thirds of its life, or earlier where its authority says so; 85 percent are 13 days before the end of one of 90
 * days and one day before the end of one of six, so that renewal was tried hourly for long. A backup comes each night: 30 hours are one that was
 * missed. Requests of which nobody says anything had no errors.
 */
const limits: readonly Limit[] = [
  {
    ...{ suffix: 'disk', figure: 'DiskUsed', statistic: 'Maximum', above: 85, of: [3, 3], missing: 'missing' },
    words: 'The disk of the shop is nearly full.',
  },
  {
    ...{ suffix: 'certificate', figure: 'CertificateAge', statistic: 'Maximum', above: 85 },
    ...{ of: [3, 3], missing: 'missing' },
    words: 'The certificate that the shop shows should have been renewed; or nothing is heard of it.',
  },
  {
    ...{ suffix: 'errors', figure: 'ServerErrors', statistic: 'Sum', above: 5, of: [2, 3], missing: 'notBreaching' },
    words: 'The shop answers requests with errors of its own (5xx).',
  },
  {
    ...{ suffix: 'backup', figure: 'BackupAge', statistic: 'Maximum', above: 30, of: [2, 2], missing: 'missing' },
    words: 'The nightly backup of the shop did not reach its bucket.',
  },
]

/**
 * Alarms on what the machine says of itself. A new machine has said nothing yet, which must alarm nobody, and one that falls
 * silent must: both are INSUFFICIENT_DATA, in which an alarm begins, and of which only a change is told. One of them tells it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function figureAlarms(stack: AwsStack, told: string[]): Alarm[] {
  return limits.map(({ suffix, figure, words, statistic, above, of: [count, span], missing }) => ({
    AlarmName: nameOf(stack, suffix),
    AlarmDescription: words,
    Namespace: figureNamespace,
    MetricName: figure,
    Dimensions: figureDimensions(stack.name),
    Statistic: statistic,
    Period: 300,
    EvaluationPeriods: span,
    DatapointsToAlarm: count,
    Threshold: above,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: missing,
    AlarmActions: told,
    OKActions: told,
    InsufficientDataActions: figure === 'CertificateAge' ? told : [],
  }))
}
