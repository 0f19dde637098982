import { changeOf, differs } from '../../engine/define.ts'
import type { Address, Context } from '../../engine/resource.ts'
import { figureNames } from '../from-machine/names.ts'
import type { Instance } from '../instance/state.ts'
import { type AwsResource, awsResource, type Seen } from '../resource.ts'
import { type AwsStack, nameOf, tagsOf } from '../stack.ts'
import type { Topic } from '../topic/topic.ts'
import type { Alarm } from './alarm.ts'
import { alarmText, wantedAlarms } from './wanted.ts'

const address: Address = 'aws.alarms/machine'

/** Texts by the names of alarms. */
export type Alarms = ReadonlyMap<string, string>

/** All alarms of the machine, found with one call by what their names begin with. */
export function alarms(
  stack: AwsStack,
  machine: Seen<Instance>,
  told: Seen<Topic> | undefined,
): AwsResource<readonly Alarm[], Alarms> {
  const { aws } = stack
  const names = wantedAlarms(stack, '', undefined).map(({ AlarmName }) => AlarmName)

  async function put(wanted: readonly Alarm[], actual: Alarms, ctx: Context): Promise<Alarms> {
    const wrong = wanted.filter((each) => actual.get(each.AlarmName) !== alarmText(each))
    // An upsert by name, whose tags are taken only when it makes one: API_PutMetricAlarm.
    const Tags = tagsOf(stack, address)
    await Promise.all(wrong.map((each) => aws.call('cloudwatch:PutMetricAlarm', { ...each, Tags }, ctx)))
    return new Map(wanted.map((each) => [each.AlarmName, alarmText(each)]))
  }

  return awsResource<readonly Alarm[], Alarms>(aws, {
    address,
    label: 'alarms',
    dependsOn: [machine.address, ...(told ? [told.address] : [])],
    calls: {
      read: ['cloudwatch:DescribeAlarms'],
      create: ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'],
      update: ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'],
      delete: ['cloudwatch:DeleteAlarms'],
    },
    billed: [
      { by: 'alarms', region: aws.region, count: names.length },
      // The machine publishes what they are about.
      { by: 'figures', region: aws.region, count: figureNames.length },
    ],
    desired: () =>
      wantedAlarms(stack, machine.seen()?.id ?? '(the new machine)', told && (told.seen()?.arn ?? '(the new topic)')),
    async read(ctx) {
      const { MetricAlarms = [] } = await aws.call('cloudwatch:DescribeAlarms', { AlarmNames: names }, ctx)
      const found = MetricAlarms.flatMap((each) =>
        each.AlarmName !== undefined && names.includes(each.AlarmName)
          ? [[each.AlarmName, alarmText(each as Partial<Alarm>)] as const]
          : [],
      )
      return found.length === 0 ? undefined : new Map(found)
    },
    diff: (wanted, actual) =>
      changeOf(...wanted.map((each) => differs(each.AlarmName, actual.get(each.AlarmName), alarmText(each)))),
    create: (wanted, ctx) => put(wanted, new Map(), ctx),
    update: put,
    async delete(actual, ctx) {
      const AlarmNames = [...actual.keys()]
      if (AlarmNames.length > 0) await aws.call('cloudwatch:DeleteAlarms', { AlarmNames }, ctx)
    },
    detail: (found) => [...found.keys()].map((each) => each.slice(nameOf(stack).length + 1)).join(', '),
  })
}
