import type { Input } from '../clients.ts'

/** As CloudWatch is told it. */
export type Alarm = Input<'cloudwatch:PutMetricAlarm'> & { AlarmName: string }
