import type { Context } from '../../engine/resource.ts'
import { retry } from '../../engine/retry.ts'
import { plainAddress } from '../message/encode.ts'
import { type AddressType, addressTtl, challengeTtl, type DnsProvider } from '../provider.ts'
import type { DnsSecrets, Route53Settings } from '../settings.ts'
import { zoneFinder } from '../zones.ts'
import type { Change, ResourceRecordSet, Route53Api } from './client.ts'
import { ambiguousZone, describe, policyInUse, withCode } from './errors.ts'

/**
 * Throttling is HTTP 400 here, and so is a zone that is busy with an earlier change. InvalidChangeBatch means that
 * somebody else changed the set between our reading and our writing: it is read again.
 */
const repeated = [
  'Throttling',
  'ThrottlingException',
  'PriorRequestNotComplete',
  'InvalidChangeBatch',
  'ServiceUnavailable',
  'InternalFailure',
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
]
const options = {
  codes: repeated,
  attempts: 6,
  firstDelayMs: 500,
  maxDelayMs: 8_000,
  address: 'dns.route53/request',
} as const

/** Changes normally reach all servers within a minute. */
const syncPatienceMs = 300_000

/** A set a name and type: read, merged, and exchanged as a whole if it is still what was read. */
export function route53(settings: Route53Settings, secrets: DnsSecrets): DnsProvider {
  let loaded: Promise<Route53Api> | undefined
  const load = () => (loaded ??= import('./client.ts').then(({ route53Api }) => route53Api(settings, secrets)))

  async function call<T>(work: (api: Route53Api) => Promise<T>, ctx: Context): Promise<T> {
    const api = await load()
    return retry(() => work(api).catch(withCode), options, ctx).catch((error) => {
      ctx.signal.throwIfAborted()
      throw describe(error, ctx.clock)
    })
  }

  const zoneOf = zoneFinder('route53', (zone, ctx) => call((api) => zoneId(api, zone, settings, ctx), ctx))

  async function change(name: string, type: 'TXT' | AddressType, merge: Merge, ctx: Context): Promise<void> {
    const { id } = await zoneOf(name, ctx)
    const changeId = await call((api) => exchange(api, { zoneId: id, name, type }, merge, ctx), ctx)
    if (changeId !== undefined) await untilInSync((work) => call(work, ctx), changeId, ctx)
  }

  return {
    name: 'route53',
    byHand: false,
    patienceMs: 180_000,
    findZone: async (name, ctx) => (await zoneOf(name, ctx)).zone,
    // What Route 53 assigned stands in the zone: Route53/latest/DeveloperGuide/SOA-NSrecords.html
    async nameServers(zone, ctx) {
      const { id } = await zoneOf(zone, ctx)
      return (await call((api) => api.recordSets(id, zone, 'NS', ctx.signal), ctx)).flatMap(valuesOf)
    },
    addTxt: (name, value, ctx) =>
      change(name, 'TXT', (found) => [...found.filter((it) => it !== quoted(value)), quoted(value)], ctx),
    removeTxt: (name, value, ctx) => change(name, 'TXT', (found) => found.filter((it) => it !== quoted(value)), ctx),
    async addresses(name, type, ctx) {
      const { id } = await zoneOf(name, ctx)
      const sets = await call((api) => api.recordSets(id, name, type, ctx.signal), ctx)
      return sets.flatMap(valuesOf).map(plainAddress)
    },
    setAddresses: (name, type, addresses, ctx) =>
      change(name, type, () => [...new Set(addresses.map(plainAddress))], ctx),
  }
}

type Merge = (values: readonly string[]) => readonly string[]

interface Place {
  zoneId: string
  name: string
  type: 'TXT' | AddressType
}

async function zoneId(
  api: Route53Api,
  zone: string,
  { hostedZone }: Route53Settings,
  { signal }: Context,
): Promise<string | undefined> {
  const found = await api.publicZones(zone, signal)
  if (hostedZone !== undefined) return found.find((id) => id === hostedZone)
  if (found.length > 1) throw ambiguousZone(zone, found)
  return found[0]
}

/** DELETE names exactly what was read, so that the batch fails when it is no longer so. `undefined`: nothing to do. */
async function exchange(
  api: Route53Api,
  { zoneId, name, type }: Place,
  merge: Merge,
  { signal }: Context,
): Promise<string | undefined> {
  const found = await api.recordSets(zoneId, name, type, signal)
  if (found.some((set) => set.SetIdentifier !== undefined)) throw policyInUse(name, type)
  const [standing] = found
  const before = standing ? valuesOf(standing) : []
  const after = merge(before)
  if (standing?.AliasTarget === undefined && sameValues(before, after)) return undefined
  const ttl = type === 'TXT' ? challengeTtl : addressTtl
  const wanted: ResourceRecordSet = {
    Name: name,
    Type: type,
    TTL: ttl,
    ResourceRecords: after.map((Value) => ({ Value })),
  }
  const changes: Change[] = standing ? [{ Action: 'DELETE', ResourceRecordSet: standing }] : []
  if (after.length > 0) changes.push({ Action: 'CREATE', ResourceRecordSet: wanted })
  return api.change(zoneId, changes, signal)
}

async function untilInSync(
  call: (work: (api: Route53Api) => Promise<boolean>) => Promise<boolean>,
  changeId: string,
  ctx: Context,
): Promise<void> {
  const until = ctx.clock.now().getTime() + syncPatienceMs
  while (!(await call((api) => api.isInSync(changeId, ctx.signal)))) {
    // The authoritative servers are asked anyhow, and then it is known which of them lags.
    if (ctx.clock.now().getTime() > until) return
    await ctx.clock.sleep(2_000, ctx.signal)
  }
}

function valuesOf({ ResourceRecords }: ResourceRecordSet): string[] {
  return (ResourceRecords ?? []).flatMap(({ Value }) => (Value === undefined ? [] : [Value]))
}

function quoted(value: string): string {
  return `"${value}"`
}

function sameValues(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort())
}
