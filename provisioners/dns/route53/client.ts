import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53'
import type { DnsSecrets, Route53Settings } from '../settings.ts'

export type { Change, ResourceRecordSet }

/** The four calls of Route 53 that we use (https://docs.aws.amazon.com/Route53/latest/APIReference/). */
export interface Route53Api {
  /** Identifiers of the public hosted zones of exactly this name. */
  publicZones(zone: string, signal: AbortSignal): Promise<string[]>
  /** All record sets of one name and type; more than one where a routing policy is in use. */
  recordSets(zoneId: string, name: string, type: RRType, signal: AbortSignal): Promise<ResourceRecordSet[]>
  /** All changes or none. The change's identifier. */
  change(zoneId: string, changes: Change[], signal: AbortSignal): Promise<string>
  /** True when all of Route 53's servers have it. */
  isInSync(changeId: string, signal: AbortSignal): Promise<boolean>
}

/** The SDK's own repetitions are off: provider.ts repeats, by exact codes. */
export function route53Api(settings: Route53Settings, secrets: DnsSecrets): Route53Api {
  const client = new Route53Client({
    region: 'us-east-1',
    maxAttempts: 1,
    // Without the last one a request that takes too long is only warned about.
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...credentialsOf(secrets),
  })
  return {
    async publicZones(zone, abortSignal) {
      const found = await client.send(new ListHostedZonesByNameCommand({ DNSName: zone }), { abortSignal })
      const same = (found.HostedZones ?? []).filter(({ Name, Config }) => Name === `${zone}.` && !Config?.PrivateZone)
      return same.map(({ Id }) => lastPart(Id))
    },
    async recordSets(HostedZoneId, name, type, abortSignal) {
      const from = { HostedZoneId, StartRecordName: name, StartRecordType: type }
      const { ResourceRecordSets } = await client.send(new ListResourceRecordSetsCommand(from), { abortSignal })
      return (ResourceRecordSets ?? []).filter((set) => set.Type === type && plain(set.Name) === name)
    },
    async change(HostedZoneId, Changes, abortSignal) {
      const command = new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } })
      return lastPart((await client.send(command, { abortSignal })).ChangeInfo?.Id)
    },
    async isInSync(Id, abortSignal) {
      return (await client.send(new GetChangeCommand({ Id }), { abortSignal })).ChangeInfo?.Status === 'INSYNC'
    },
  }
}

/** Without keys the SDK looks where it always does: environment, profile, single sign-on, the machine's role. */
function credentialsOf(secrets: DnsSecrets) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = secrets
  if (!id || !secret) return {}
  const session = token === undefined ? {} : { sessionToken: token.reveal() }
  return { credentials: { accessKeyId: id.reveal(), secretAccessKey: secret.reveal(), ...session } }
}

/** '/hostedzone/Z123' and '/change/C123' are identifiers too. */
function lastPart(id = ''): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** Names come back with a dot at the end, and with octal codes: '\052.example.com.' */
function plain(name = ''): string {
  return name.replace(/\.$/, '').replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)))
}
