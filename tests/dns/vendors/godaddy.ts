import { type Asked, type Reply, startVendor, type Vendor } from './server.ts'

interface DnsRecord {
  data: string
  ttl: number
}

export const godaddyKey = 'sentinel-godaddy-key'
export const godaddySecret = 'sentinel-godaddy-secret'

/** Record sets by 'TXT name'. */
export type RecordSets = Map<string, DnsRecord[]>

/** GoDaddy's domains interface, version 1: https://developer.godaddy.com/doc/endpoint/domains */
export async function startGodaddy(domain: string): Promise<Vendor & { sets: RecordSets }> {
  const sets: RecordSets = new Map()
  const vendor = await startVendor((asked) => answer(domain, sets, asked))
  return Object.assign(vendor, { sets })
}

function answer(domain: string, sets: RecordSets, { method, url, headers, body }: Asked): Reply {
  // https://developer.godaddy.com/getstarted: "Authorization: sso-key [API_KEY]:[API_SECRET]"
  if (headers.authorization !== `sso-key ${godaddyKey}:${godaddySecret}`) {
    return failure(401, 'UNABLE_TO_AUTHENTICATE', 'Unauthorized : Could not authenticate API key/secret')
  }
  const [, asked, type, name] = /^\/v1\/domains\/([^/]+)(?:\/records\/([A-Z]+)\/([^/]+))?$/.exec(url.pathname) ?? []
  // "GET /v1/domains/{domain}": 404 for a domain that is not the shopper's, 422 for one that is not valid.
  if (asked !== domain) {
    return asked?.split('.').length === 2
      ? failure(404, 'NOT_FOUND', 'The given domain is not registered, or does not have a zone file')
      : failure(422, 'INVALID_VALUE_ENUM', `${asked} is not a valid domain`)
  }
  if (type === undefined || name === undefined) return { status: 200, body: { domain, status: 'ACTIVE' } }
  const key = `${type} ${decodeURIComponent(name)}`
  // "GET …/records/{type}/{name}"
  if (method === 'GET') {
    const [recordType, recordName] = key.split(' ')
    return { status: 200, body: (sets.get(key) ?? []).map((it) => ({ ...it, type: recordType, name: recordName })) }
  }
  if (method === 'PUT') return replace(sets, key, JSON.parse(body))
  // "DELETE …/records/{type}/{name}": 204, and 404 where there is none.
  return sets.delete(key) ? { status: 204 } : failure(404, 'UNKNOWN_RECORD', 'There is no such record')
}

/** "PUT …/records/{type}/{name}: Replace all DNS Records for the specified Domain with the specified Type and Name" */
function replace(sets: RecordSets, key: string, records: DnsRecord[]): Reply {
  if (!Array.isArray(records) || records.length === 0)
    return failure(422, 'INVALID_BODY', 'At least one record is needed')
  // DNSRecordCreateTypeName: data, port, priority, protocol, service, ttl, weight; nothing else.
  const unknown = records.flatMap((it) => Object.keys(it)).find((field) => field !== 'data' && field !== 'ttl')
  if (unknown) return failure(422, 'UNEXPECTED_FIELD', `${unknown} is not a field of a record`)
  if (records.some(({ ttl }) => ttl < 600)) return failure(422, 'INVALID_BODY', 'ttl must be at least 600')
  const data = records.map((it) => it.data)
  if (new Set(data).size < data.length)
    return failure(422, 'DUPLICATE_RECORD', 'Another record with the same values exists')
  sets.set(key, records)
  return { status: 200 }
}

function failure(status: number, code: string, message: string): Reply {
  return { status, body: { code, message } }
}
