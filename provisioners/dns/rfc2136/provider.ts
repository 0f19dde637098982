import type { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import { addressData, plainAddress, textData } from '../message/encode.ts'
import { classes, type NewRecord, types } from '../message/types.ts'
import { isWithin } from '../names.ts'
import { addressTtl, challengeTtl, type DnsProvider } from '../provider.ts'
import { ask, recordsOf } from '../query/ask.ts'
import type { Endpoint } from '../query/endpoint.ts'
import { endpointOf } from '../query/view.ts'
import { type DnsSecrets, type Rfc2136Settings, requiredSecret } from '../settings.ts'
import { zoneNotHere } from './errors.ts'
import { sendUpdate } from './update.ts'
import type { Updating } from './updating.ts'

/**
 * Dynamic updates (RFC 2136) with TSIG. Adding and removing one value are single operations of the protocol, so that
 * no other value can be lost.
 */
export function rfc2136(settings: Rfc2136Settings, secrets: DnsSecrets): DnsProvider {
  const key = {
    name: settings.key.toLowerCase(),
    secret: requiredSecret('rfc2136', secrets, 'BOOKSTORE_DNS_TSIG_SECRET'),
  }
  const transport = settings.transport ?? 'tcp'
  const primary = () => primaryOf(settings)

  async function change(name: string, updates: readonly NewRecord[], ctx: Context): Promise<void> {
    const server = await primary()
    const updating: Updating = { server, key, transport, zone: await zoneOf(server, name, ctx), name }
    await sendUpdate(updating, updates, ctx)
  }

  return {
    name: 'rfc2136',
    byHand: false,
    patienceMs: 300_000,
    findZone: async (name, ctx) => zoneOf(await primary(), name, ctx),
    addTxt: (name, value, ctx) => change(name, [txt(name, value, classes.IN, challengeTtl)], ctx),
    removeTxt: (name, value, ctx) => change(name, [txt(name, value, classes.NONE, 0)], ctx),
    async addresses(name, type, { signal }) {
      const { answers } = await ask(await primary(), name, type, { signal })
      return recordsOf(answers, name, type).map(({ value }) => value)
    },
    setAddresses(name, type, addresses, ctx) {
      const all = { name, type: types[type], class: classes.ANY, ttl: 0, data: Buffer.alloc(0) }
      const each = [...new Set(addresses.map(plainAddress))].map((address) => ({
        name,
        type: types[type],
        class: classes.IN,
        ttl: addressTtl,
        data: addressData(address),
      }))
      return change(name, [all, ...each], ctx)
    },
  }
}

/** Class NONE removes this one record (RFC 2136, section 2.5.4), ANY the whole set (2.5.2). */
function txt(name: string, value: string, kind: number, ttl: number): NewRecord {
  return { name, type: types.TXT, class: kind, ttl, data: textData(value) }
}

async function primaryOf({ server, port }: Rfc2136Settings): Promise<Endpoint> {
  return endpointOf(server, port ?? 53)
}

/** What servers answer about zones that they do not serve. */
const foreign = ['REFUSED', 'NOTAUTH']

/** The primary itself says where its zone begins: by the SOA in its answer. */
async function zoneOf(server: Endpoint, name: string, { signal }: Context): Promise<string> {
  const answer = await ask(server, name, 'SOA', { signal }).catch((error: BookstoreError) => {
    throw foreign.includes(String(error.details?.rcode)) ? zoneNotHere(server, name, error) : error
  })
  const records = [...answer.answers, ...answer.authority]
  const soa = records.find((record) => record.type === types.SOA && isWithin(name, record.name))
  if (!soa || !answer.authoritative) throw zoneNotHere(server, name)
  return soa.name
}
