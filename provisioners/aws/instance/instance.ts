import type { Address, Context } from '../../engine/resource.ts'
import { imageCalls } from '../image/find-image.ts'
import { networkCalls } from '../network/network.ts'
import { Parameters } from '../parameters.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, nameOf, onlyOne, tagsOf } from '../stack.ts'
import { until } from '../until.ts'
import { type LaunchSettings, launch } from './launch.ts'
import {
  compareInstance,
  type Instance,
  type InstanceWish,
  instanceAddress,
  instanceOf,
  isDead,
  resizes,
} from './state.ts'

export interface InstanceSettings extends Omit<LaunchSettings, 'group'> {
  dependsOn: readonly Address[]
  /** Id of the security group, once it is there. */
  group(): string | undefined
}

/** Longer than AWS takes for either; then somebody should look. */
const patienceMs = 600_000

/** The machine. What cannot be changed while it lives stays as it was made. */
export function instance(stack: AwsStack, settings: InstanceSettings): AwsResource<InstanceWish, Instance> {
  const { aws } = stack
  const { type, architecture, volumeGb } = settings
  let generation = 0

  /** All that ever were, as far as EC2 still shows them: by their key, so that a lost tag hides none. */
  async function all(ctx: Context): Promise<readonly Instance[]> {
    const found: Instance[] = []
    let NextToken: string | undefined
    do {
      const Filters = [{ Name: 'key-name', Values: [nameOf(stack)] }]
      const page = await aws.call('ec2:DescribeInstances', { Filters, NextToken }, ctx)
      for (const each of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
        found.push(...[instanceOf(stack, each)].filter((it) => it !== undefined))
      }
      NextToken = page.NextToken
    } while (NextToken)
    return found
  }

  async function byId(id: string, ctx: Context): Promise<Instance | undefined> {
    return (await all(ctx)).find((each) => each.id === id)
  }

  const untilState = (id: string, wanted: string, ctx: Context) =>
    until(
      async () => {
        const found = await byId(id, ctx)
        return found?.state === wanted ? found : undefined
      },
      { address: instanceAddress, what: `the machine is ${wanted}`, patienceMs },
      ctx,
    )

  return awsResource<InstanceWish, Instance>(aws, {
    address: instanceAddress,
    label: `machine (${type})`,
    dependsOn: settings.dependsOn,
    calls: {
      read: ['ec2:DescribeInstances'],
      create: [
        ...(['ec2:RunInstances', 'ec2:CreateTags', 'ec2:DescribeInstances'] as const),
        ...networkCalls,
        ...imageCalls,
        ...Parameters.calls.write,
      ],
      update: [
        'ec2:CreateTags',
        'ec2:ModifyInstanceAttribute',
        'ec2:ModifyInstanceMetadataOptions',
        'ec2:StartInstances',
        'ec2:StopInstances',
      ],
      delete: ['ec2:TerminateInstances'],
    },
    billed: [
      { by: 'instance', region: aws.region, type },
      { by: 'volume', region: aws.region, type: 'gp3', gb: volumeGb },
    ],
    billedAs: (found) => [
      { by: 'instance', region: aws.region, type: found.type },
      { by: 'volume', region: aws.region, type: 'gp3', gb: found.diskGb ?? volumeGb },
    ],
    desired: () => ({ type, architecture, group: settings.group() }),
    async read(ctx) {
      const found = await all(ctx)
      generation = Math.max(0, ...found.filter(isDead).map((dead) => dead.generation))
      return onlyOne(
        found.filter((each) => !isDead(each)),
        'machines',
        ({ id }) => id,
      )
    },
    diff: compareInstance,
    async create(_, ctx) {
      const made = await launch(stack, { ...settings, group: () => settings.group() ?? '' }, generation + 1, ctx)
      return untilState(made.id, 'running', ctx)
    },
    async update(wanted, actual, ctx) {
      const InstanceId = actual.id
      if (!actual.tagged) {
        await aws.call('ec2:CreateTags', { Resources: [InstanceId], Tags: tagsOf(stack, instanceAddress) }, ctx)
      }
      if (wanted.group !== undefined && actual.groups.join() !== wanted.group) {
        await aws.call('ec2:ModifyInstanceAttribute', { InstanceId, Groups: [wanted.group] }, ctx)
      }
      if (actual.metadata.tokens !== 'required' || actual.metadata.hopLimit !== 1) {
        const options = { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' } as const
        await aws.call('ec2:ModifyInstanceMetadataOptions', { InstanceId, ...options }, ctx)
      }
      const resized = resizes(wanted, actual)
      if (resized || actual.state === 'stopping') {
        // Only a stopped machine changes its type: API_ModifyInstanceAttribute.
        await aws.call('ec2:StopInstances', { InstanceIds: [InstanceId] }, ctx)
        await untilState(InstanceId, 'stopped', ctx)
      }
      if (resized)
        await aws.call('ec2:ModifyInstanceAttribute', { InstanceId, InstanceType: { Value: wanted.type } }, ctx)
      const start = () => aws.call('ec2:StartInstances', { InstanceIds: [InstanceId] }, ctx)
      if (resized || actual.state !== 'running') await repeated(start, instanceAddress, ['IncorrectInstanceState'], ctx)
      return untilState(InstanceId, 'running', ctx)
    },
    async delete(actual, ctx) {
      await aws.call('ec2:TerminateInstances', { InstanceIds: [actual.id] }, ctx)
      await untilState(actual.id, 'terminated', ctx)
    },
    detail: ({ id, zone }) => `${id} in ${zone}`,
    cost: (action) => ({
      downtime: action === 'create' ? 'none' : action === 'delete' ? 'long' : 'brief',
      dataAtRisk: action === 'delete' || action === 'replace',
    }),
  })
}
