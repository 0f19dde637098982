import type { Address, Instance, InstanceTypeInfo } from '@aws-sdk/client-ec2'
import type { Context } from '../../engine/resource.ts'
import type { Aws } from '../clients.ts'
import { instanceOf, type Instance as Machine } from '../instance/state.ts'
import type { Dated } from '../sdk/sts.ts'
import { nameOf, ownership } from '../stack.ts'

/** What several checks want to know of an account in a region; each is asked once, by whoever comes first. */
export interface AccountView {
  identity(ctx: Context): Promise<Identity>
  /** All that live: neither terminated nor about to be. */
  instances(ctx: Context): Promise<readonly Instance[]>
  addresses(ctx: Context): Promise<readonly Address[]>
  /** Undefined where EC2 knows no such type in the region. */
  type(ctx: Context): Promise<InstanceTypeInfo | undefined>
}

export interface Identity {
  account: string
  /** When AWS answered, by its clock and by ours. */
  serverDate: Date | undefined
  at: Date
}

/** @param type The instance type that is wanted. */
export function accountView(aws: Aws, type: string): AccountView {
  return {
    identity: once(async (ctx) => {
      const { Account: account = '', $metadata } = await aws.call('sts:GetCallerIdentity', {}, ctx)
      const { serverDate } = $metadata as Dated
      return { account, serverDate: serverDate === undefined ? undefined : new Date(serverDate), at: ctx.clock.now() }
    }),
    instances: once((ctx) => allInstances(aws, ctx)),
    addresses: once(async (ctx) => (await aws.call('ec2:DescribeAddresses', {}, ctx)).Addresses ?? []),
    type: once(async (ctx) => {
      // As a filter, a type that is not known finds nothing; by its name it would be an error.
      const Filters = [{ Name: 'instance-type', Values: [type] }]
      const { InstanceTypes = [] } = await aws.call('ec2:DescribeInstanceTypes', { Filters }, ctx)
      return InstanceTypes.find(({ InstanceType }) => InstanceType === type)
    }),
  }
}

/** A page holds a thousand, so that a usual account is one call. */
async function allInstances(aws: Aws, ctx: Context): Promise<Instance[]> {
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }]
  const found: Instance[] = []
  let NextToken: string | undefined
  do {
    const page = await aws.call('ec2:DescribeInstances', { Filters, MaxResults: 1000, NextToken }, ctx)
    found.push(...(page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances))
    NextToken = page.NextToken
  } while (NextToken)
  return found
}

function once<T>(work: (ctx: Context) => Promise<T>): (ctx: Context) => Promise<T> {
  let asked: Promise<T> | undefined
  return (ctx) => {
    asked ??= work(ctx)
    return asked
  }
}

export interface Own {
  found: Instance | undefined
  machine: Machine | undefined
  address: Address | undefined
}

/** What of a stack lives there: found as its resources find it. */
export async function ownOf(name: string, view: AccountView, ctx: Context): Promise<Own> {
  const [instances, addresses] = await Promise.all([view.instances(ctx), view.addresses(ctx)])
  const found = instances.find((each) => each.KeyName === nameOf({ name }) && instanceOf({ name }, each) !== undefined)
  return {
    found,
    machine: found && instanceOf({ name }, found),
    address: addresses.find(({ Tags }) => ownership({ name }, 'aws.elastic-ip/web', Tags) !== 'foreign'),
  }
}
