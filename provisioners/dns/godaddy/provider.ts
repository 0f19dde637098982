import type { Context } from '../../engine/resource.ts'
import { plainAddress } from '../message/encode.ts'
import { relativeTo } from '../names.ts'
import type { DnsProvider } from '../provider.ts'
import type { DnsSecrets, GodaddySettings } from '../settings.ts'
import { zoneFinder } from '../zones.ts'
import { GodaddyApi, type GodaddyRecord } from './api.ts'

/** Seconds; less is refused. */
const shortestTtl = 600

/**
 * PUT replaces all records of a name and type, so that a value is added or removed by reading, merging and writing.
 * Nothing here finds out that somebody else writes in between: callers hold a lease.
 */
export function godaddy(settings: GodaddySettings, secrets: DnsSecrets): DnsProvider {
  const api = new GodaddyApi(settings, secrets)
  const zoneOf = zoneFinder('godaddy', async (zone, ctx) => ((await api.hasDomain(zone, ctx)) ? zone : undefined))

  async function placeOf(name: string, type: string, ctx: Context) {
    const { zone } = await zoneOf(name, ctx)
    return { zone, type, name: relativeTo(name, zone) || '@' }
  }

  async function change(
    name: string,
    type: string,
    merge: (found: readonly GodaddyRecord[]) => readonly GodaddyRecord[],
    ctx: Context,
  ): Promise<void> {
    const place = await placeOf(name, type, ctx)
    const found = await api.records(place, ctx)
    const merged = merge(found)
    if (sameData(found, merged)) return
    await api.replace(place, merged, ctx)
  }

  return {
    name: 'godaddy',
    byHand: false,
    patienceMs: 600_000,
    findZone: async (name, ctx) => (await zoneOf(name, ctx)).zone,
    addTxt: (name, value, ctx) =>
      change(name, 'TXT', (found) => [...found.filter(({ data }) => data !== value), record(value)], ctx),
    removeTxt: (name, value, ctx) => change(name, 'TXT', (found) => found.filter(({ data }) => data !== value), ctx),
    addresses: async (name, type, ctx) =>
      (await api.records(await placeOf(name, type, ctx), ctx)).map(({ data }) => plainAddress(data)),
    setAddresses: (name, type, addresses, ctx) =>
      change(name, type, () => [...new Set(addresses.map(plainAddress))].map(record), ctx),
  }
}

function record(data: string): GodaddyRecord {
  return { data, ttl: shortestTtl }
}

function sameData(one: readonly GodaddyRecord[], other: readonly GodaddyRecord[]): boolean {
  const text = (records: readonly GodaddyRecord[]) => JSON.stringify(records.map(({ data }) => data).sort())
  return text(one) === text(other)
}
