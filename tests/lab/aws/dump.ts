import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import {
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  type Tag,
} from '@aws-sdk/client-ec2'
import { ListInstanceProfilesCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { ListHostedZonesCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { ListTopicsCommand } from '@aws-sdk/client-sns'
import { DescribeParametersCommand } from '@aws-sdk/client-ssm'
import type { Clients } from './clients.ts'

export interface Thing {
  /** Unique in its kind. */
  id: string
  /** Where the service tells them in its list. */
  tags?: Record<string, string>
  state?: string
}

export const kinds = [
  'instance',
  'key-pair',
  'security-group',
  'address',
  'volume',
  'network-interface',
  'vpc',
  'subnet',
  'internet-gateway',
  'route-table',
  'image',
  'snapshot',
  'role',
  'instance-profile',
  'parameter',
  'bucket',
  'topic',
  'alarm',
  'zone',
  'record',
] as const

export type Kind = (typeof kinds)[number]

/** Everything that stands in the account, by kind. */
export type Account = Record<Kind, Thing[]>

type Finder = (clients: Clients) => Promise<Thing[]>

/** An instance that is terminated is shown for a while, and is nothing any more. */
const finders: Record<Kind, Finder> = {
  instance: async ({ ec2 }) => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({}))
    const all = (Reservations ?? []).flatMap((it) => it.Instances ?? [])
    return all.map((it) => thing(it.InstanceId, it.Tags, it.State?.Name)).filter((it) => it.state !== 'terminated')
  },
  'key-pair': async ({ ec2 }) =>
    ((await ec2.send(new DescribeKeyPairsCommand({}))).KeyPairs ?? []).map((it) => thing(it.KeyName, it.Tags)),
  'security-group': async ({ ec2 }) =>
    ((await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups ?? []).map((it) =>
      thing(it.GroupId, it.Tags),
    ),
  address: async ({ ec2 }) =>
    ((await ec2.send(new DescribeAddressesCommand({}))).Addresses ?? []).map((it) =>
      thing(it.AllocationId, it.Tags, it.AssociationId ? 'associated' : 'free'),
    ),
  volume: async ({ ec2 }) =>
    ((await ec2.send(new DescribeVolumesCommand({}))).Volumes ?? []).map((it) => thing(it.VolumeId, it.Tags, it.State)),
  // That of an instance goes with it at AWS, and stays in moto: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
  'network-interface': async (clients) => {
    const { NetworkInterfaces = [] } = await clients.ec2.send(new DescribeNetworkInterfacesCommand({}))
    const standing = new Set((await finders.instance(clients)).map(({ id }) => id))
    return NetworkInterfaces.filter(
      ({ Attachment, Description }) =>
        Description !== 'Primary network interface' || standing.has(Attachment?.InstanceId ?? ''),
    ).map((it) => thing(it.NetworkInterfaceId, it.TagSet, it.Status))
  },
  vpc: async ({ ec2 }) =>
    ((await ec2.send(new DescribeVpcsCommand({}))).Vpcs ?? []).map((it) => thing(it.VpcId, it.Tags)),
  subnet: async ({ ec2 }) =>
    ((await ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? []).map((it) => thing(it.SubnetId, it.Tags)),
  'internet-gateway': async ({ ec2 }) =>
    ((await ec2.send(new DescribeInternetGatewaysCommand({}))).InternetGateways ?? []).map((it) =>
      thing(it.InternetGatewayId, it.Tags),
    ),
  'route-table': async ({ ec2 }) =>
    ((await ec2.send(new DescribeRouteTablesCommand({}))).RouteTables ?? []).map((it) =>
      thing(it.RouteTableId, it.Tags),
    ),
  image: async ({ ec2 }) =>
    ((await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images ?? []).map((it) =>
      thing(it.ImageId, it.Tags, it.State),
    ),
  snapshot: async ({ ec2 }) =>
    ((await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? []).map((it) =>
      thing(it.SnapshotId, it.Tags, it.State),
    ),
  role: async ({ iam }) => ((await iam.send(new ListRolesCommand({}))).Roles ?? []).map((it) => thing(it.RoleName)),
  'instance-profile': async ({ iam }) =>
    ((await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles ?? []).map((it) =>
      thing(it.InstanceProfileName),
    ),
  parameter: async ({ ssm }) =>
    ((await ssm.send(new DescribeParametersCommand({}))).Parameters ?? []).map((it) => thing(it.Name)),
  bucket: async ({ s3 }) => ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map((it) => thing(it.Name)),
  topic: async ({ sns }) => ((await sns.send(new ListTopicsCommand({}))).Topics ?? []).map((it) => thing(it.TopicArn)),
  alarm: async ({ cloudwatch }) =>
    ((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).map((it) =>
      thing(it.AlarmName, undefined, it.StateValue),
    ),
  zone: async ({ route53 }) => (await zonesOf(route53)).map((it) => thing(it.Id)),
  record: async ({ route53 }) => {
    const found = (await zonesOf(route53)).map(async ({ Id, Name }) => {
      const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id }))
      // Those that come and go with the zone.
      const own = (ResourceRecordSets ?? []).filter((it) => !(it.Name === Name && /^(NS|SOA)$/.test(it.Type ?? '')))
      return own.map((it) => thing(`${it.Name} ${it.Type}`))
    })
    return (await Promise.all(found)).flat()
  },
}

async function zonesOf(route53: Clients['route53']) {
  return (await route53.send(new ListHostedZonesCommand({}))).HostedZones ?? []
}

function thing(id: string | undefined, tags?: Tag[], state?: string): Thing {
  const named = tags?.map(({ Key = '', Value = '' }) => [Key, Value] as const)
  return {
    id: id ?? '',
    ...(named && named.length > 0 ? { tags: Object.fromEntries(named) } : {}),
    ...(state ? { state } : {}),
  }
}

/** Asks for every kind, past the front. */
export async function dumpAccount(clients: Clients): Promise<Account> {
  const found = await Promise.all(kinds.map(async (kind) => [kind, await listed(kind, clients)] as const))
  return Object.fromEntries(found) as Account
}

/** The emulator trips over itself (500, with a page of HTML) when a list is read while another thread changes it. */
async function listed(kind: Kind, clients: Clients): Promise<Thing[]> {
  const ask = () => finders[kind](clients)
  return ask().catch(ask).catch(ask)
}

/** What `account` has more than `before` had. */
export function accountSince(before: Account, account: Account): Account {
  const more = kinds.map((kind) => {
    const had = new Set(before[kind].map(({ id }) => id))
    return [kind, account[kind].filter(({ id }) => !had.has(id))] as const
  })
  return Object.fromEntries(more) as Account
}
