import type { Context } from '../../engine/resource.ts'
import { plainAddress } from '../message/encode.ts'
import { type AddressType, addressTtl, challengeTtl, type DnsProvider } from '../provider.ts'
import type { CloudflareSettings, DnsSecrets } from '../settings.ts'
import { zoneFinder } from '../zones.ts'
import { CloudflareApi } from './api.ts'

/** Here a record holds one value, and so nothing has to be merged. */
export function cloudflare(settings: CloudflareSettings, secrets: DnsSecrets): DnsProvider {
  const api = new CloudflareApi(settings, secrets)
  const zoneOf = zoneFinder('cloudflare', (zone, ctx) => api.zoneId(zone, ctx))
  return {
    name: 'cloudflare',
    byHand: false,
    patienceMs: 180_000,
    findZone: async (name, ctx) => (await zoneOf(name, ctx)).zone,
    async addTxt(name, value, ctx) {
      const { id } = await zoneOf(name, ctx)
      const found = await api.find(id, name, 'TXT', ctx)
      if (found.some(({ content }) => unquoted(content) === value)) return
      await api.create(id, { name, type: 'TXT', content: `"${value}"`, ttl: challengeTtl }, ctx)
    },
    async removeTxt(name, value, ctx) {
      const { id } = await zoneOf(name, ctx)
      const found = await api.find(id, name, 'TXT', ctx)
      for (const record of found) if (unquoted(record.content) === value) await api.remove(id, record.id, ctx)
    },
    async addresses(name, type, ctx) {
      const { id } = await zoneOf(name, ctx)
      return (await api.find(id, name, type, ctx)).map(({ content }) => plainAddress(content))
    },
    setAddresses: async (name, type, addresses, ctx) =>
      replace(api, (await zoneOf(name, ctx)).id, { name, type, addresses }, ctx),
  }
}

/** The new first, so that there is an address at every instant. */
async function replace(
  api: CloudflareApi,
  zoneId: string,
  { name, type, addresses }: { name: string; type: AddressType; addresses: readonly string[] },
  ctx: Context,
): Promise<void> {
  const found = await api.find(zoneId, name, type, ctx)
  const wanted = new Set(addresses.map(plainAddress))
  const standing = new Set(found.map(({ content }) => plainAddress(content)))
  for (const content of wanted) {
    if (!standing.has(content)) await api.create(zoneId, { name, type, content, ttl: addressTtl }, ctx)
  }
  for (const { id, content } of found) if (!wanted.has(plainAddress(content))) await api.remove(zoneId, id, ctx)
}

/** TXT content is written in quotes, and older records come back without. */
function unquoted(content: string): string {
  return content.replace(/^"(.*)"$/s, '$1')
}
