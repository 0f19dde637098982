import { ListTagsForResourceCommand as ListAlarmTagsCommand } from '@aws-sdk/client-cloudwatch'
import { GetInstanceProfileCommand, ListRoleTagsCommand } from '@aws-sdk/client-iam'
import { GetBucketTaggingCommand } from '@aws-sdk/client-s3'
import { ListTagsForResourceCommand as ListTopicTagsCommand } from '@aws-sdk/client-sns'
import { GetParametersByPathCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ssm'
import { loadSite } from '../../../cli/config/load.ts'
import { withBlueprint } from '../../../provisioners/aws/verbs/session.ts'
import { systemClock } from '../../../provisioners/engine/clock.ts'
import { plan } from '../../../provisioners/engine/plan.ts'
import type { Account, Kind, Thing } from '../../lab/aws/dump.ts'
import type { Desk, Stage } from './stage.ts'

/** How many of each kind, without what a network brings with it and the leases, which are kept to three. */
export function countsOf(account: Account): string {
  const counted = Object.entries(account).flatMap(([kind, all]) => {
    const own = all.filter(({ id }) => !/\/lease\/\d+$/.test(id))
    return own.length === 0 || kind === 'network-interface' ? [] : [`${kind} ${own.length}`]
  })
  return counted.join(', ')
}

/** What stands there without saying whose it is. */
export async function strangers(stage: Stage, account: Account, name: string): Promise<string[]> {
  const tagged = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) =>
    tags.some(({ Key, Value }) => Key === 'bookstore:stack' && Value === name)
  const own = ({ tags }: Thing) => tags?.['bookstore:stack'] === name
  const { clients } = stage
  const asked: Partial<Record<Kind, (id: string) => Promise<boolean>>> = {
    role: async (RoleName) => tagged((await clients.iam.send(new ListRoleTagsCommand({ RoleName }))).Tags),
    'instance-profile': async (InstanceProfileName) => {
      const { InstanceProfile } = await clients.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))
      return tagged(InstanceProfile?.Tags)
    },
    parameter: async (ResourceId) => {
      const { TagList } = await clients.ssm.send(
        new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId }),
      )
      return tagged(TagList)
    },
    bucket: async (Bucket) => tagged((await clients.s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet),
    topic: async (ResourceArn) => tagged((await clients.sns.send(new ListTopicTagsCommand({ ResourceArn }))).Tags),
    alarm: async (id) => {
      const ResourceARN = `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${id}`
      return tagged((await clients.cloudwatch.send(new ListAlarmTagsCommand({ ResourceARN }))).Tags)
    },
    // Records have no tags: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
    record: async () => true,
  }
  // What comes and goes with a network of ours, and the emulator's interfaces, for which it takes no tags.
  const ofNetwork: readonly Kind[] = account.vpc.length > 0 ? ['route-table', 'security-group'] : []
  const brought: readonly Kind[] = ['network-interface', ...ofNetwork]
  const found = await Promise.all(
    (Object.entries(account) as [Kind, Thing[]][]).flatMap(([kind, things]) =>
      things.map(async (thing) => {
        if (brought.includes(kind)) return []
        const good = await (asked[kind]?.(thing.id) ?? own(thing))
        return good ? [] : [`${kind} ${thing.id}`]
      }),
    ),
  )
  return found.flat()
}

/** What `up` would still do at AWS. */
export async function remaining(desk: Desk): Promise<string[]> {
  const site = await loadSite({}, { cwd: desk.folder, home: undefined, emit: () => {} })
  const ctx = { clock: systemClock, signal: AbortSignal.timeout(60_000), emit: () => {} }
  const operator = { confirm: async () => {}, environment: desk.environment }
  return withBlueprint(site, operator, ctx, async ({ resources }) => {
    const { steps } = await plan(resources, ctx)
    return steps.map(({ address, action }) => `${action} ${address}`)
  })
}

/** What the last lease says; undefined where there is none. */
export async function lastLease({ clients }: Stage, name: string): Promise<{ released: boolean } | undefined> {
  const input = { Path: `/bookstore/${name}/lease/`, WithDecryption: true }
  const { Parameters = [] } = await clients.ssm.send(new GetParametersByPathCommand(input))
  const numberOf = (path = '') => Number(path.slice(path.lastIndexOf('/') + 1))
  const last = Parameters.toSorted((a, b) => numberOf(b.Name) - numberOf(a.Name))[0]
  return last?.Value === undefined ? undefined : (JSON.parse(last.Value) as { released: boolean })
}
