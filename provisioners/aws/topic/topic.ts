import { changeOf, differs } from '../../engine/define.ts'
import type { Context } from '../../engine/resource.ts'
import { unlessAbsent } from '../errors.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, foreign, nameOf, ownership, tagsOf } from '../stack.ts'

export interface Topic {
  arn: string
  /** E-mail addresses that were asked; the persons confirm by a link. */
  emails: readonly string[]
  tagged: boolean
}

const address = 'aws.topic/alerts'

/** Whom alarms reach. */
export function topic(stack: AwsStack, email: string): AwsResource<string, Topic> {
  const { aws, partition, account } = stack
  const Name = nameOf(stack, 'alerts')
  const arn = `arn:${partition}:sns:${aws.region}:${account}:${Name}`

  async function mend(actual: Topic, ctx: Context): Promise<Topic> {
    if (!actual.tagged) await aws.call('sns:TagResource', { ResourceArn: arn, Tags: tagsOf(stack, address) }, ctx)
    if (!actual.emails.includes(email)) {
      // Asked again while unconfirmed it sends another mail and makes no second subscription: API_Subscribe.
      await aws.call('sns:Subscribe', { TopicArn: arn, Protocol: 'email', Endpoint: email }, ctx)
      const message = `AWS asks ${email} by e-mail to confirm that alarms may be sent there.`
      ctx.emit({ type: 'note', level: 'info', message })
    }
    return { arn, emails: [...new Set([...actual.emails, email])], tagged: true }
  }

  return awsResource<string, Topic>(aws, {
    address,
    label: 'topic for alarms',
    dependsOn: [],
    calls: {
      read: ['sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic', 'sns:ListTagsForResource'],
      create: ['sns:CreateTopic', 'sns:TagResource', 'sns:Subscribe'],
      update: ['sns:TagResource', 'sns:Subscribe'],
      delete: ['sns:DeleteTopic'],
    },
    desired: () => email,
    async read(ctx) {
      const found = await unlessAbsent(aws.call('sns:GetTopicAttributes', { TopicArn: arn }, ctx))
      if (!found) return undefined
      // Absent as a whole when somebody else's `down` takes it away meanwhile.
      const more = await unlessAbsent(
        Promise.all([
          aws.call('sns:ListSubscriptionsByTopic', { TopicArn: arn }, ctx),
          aws.call('sns:ListTagsForResource', { ResourceArn: arn }, ctx),
        ]),
      )
      if (more === undefined) return undefined
      const [{ Subscriptions = [] }, { Tags = [] }] = more
      const whose = ownership(stack, address, Tags)
      if (whose === 'foreign') throw foreign('a topic', Name)
      const emails = Subscriptions.flatMap(({ Endpoint }) => Endpoint ?? []).toSorted()
      return { arn, emails, tagged: whose === 'ours' }
    },
    // Who else has subscribed is none of our business.
    diff: (wanted, actual) =>
      changeOf(
        actual.emails.includes(wanted) ? undefined : differs('e-mail', actual.emails, [wanted]),
        differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete'),
      ),
    async create(_, ctx) {
      // With the same name and tags it answers the same topic: API_CreateTopic.
      await aws.call('sns:CreateTopic', { Name, Tags: tagsOf(stack, address) }, ctx)
      return mend({ arn, emails: [], tagged: true }, ctx)
    },
    update: (_, actual, ctx) => mend(actual, ctx),
    // Subscriptions go with it, and what is gone already is no error: API_DeleteTopic.
    delete: async (_, ctx) => void (await unlessAbsent(aws.call('sns:DeleteTopic', { TopicArn: arn }, ctx))),
    detail: ({ emails }) => emails.join(', '),
  })
}
