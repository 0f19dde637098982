import { type Asked, type Reply, startVendor, type Vendor } from './server.ts'

interface DnsRecord {
  id: string
  name: string
  type: string
  content: string
  ttl: number
}

export const cloudflareToken = 'sentinel-cloudflare-token'

/** Cloudflare's interface, version 4, as its documents describe it: https://developers.cloudflare.com/api/ */
export async function startCloudflare(zone: string): Promise<Vendor & { records: DnsRecord[] }> {
  const records: DnsRecord[] = []
  const state = { zone, records, ids: 0 }
  const vendor = await startVendor((asked) => answer(state, asked))
  return Object.assign(vendor, { records })
}

interface State {
  zone: string
  records: DnsRecord[]
  ids: number
}

function answer(state: State, { method, url, headers, body }: Asked): Reply {
  // /fundamentals/api/how-to/make-api-calls: the token goes into the Authorization header.
  if (headers.authorization !== `Bearer ${cloudflareToken}`) return failure(403, 10000, 'Authentication error')
  // /api/resources/zones/methods/list: `name` is compared as a whole; an account without it gets an empty list.
  if (url.pathname === '/zones') {
    const found = url.searchParams.get('name') === state.zone ? [{ id: 'zone-1', name: state.zone }] : []
    return success(found)
  }
  const [, id] = /^\/zones\/zone-1\/dns_records(?:\/(.+))?$/.exec(url.pathname) ?? []
  if (!url.pathname.startsWith('/zones/zone-1/dns_records')) return failure(404, 7003, 'Could not route to the zone')
  if (method === 'GET') return success(list(state, url.searchParams))
  if (method === 'POST') return create(state, JSON.parse(body))
  return remove(state, id ?? '')
}

/** /api/resources/dns/subresources/records/methods/list: filters are `type` and `name.exact`. */
function list({ records }: State, filters: URLSearchParams): DnsRecord[] {
  const name = filters.get('name.exact')?.toLowerCase()
  return records.filter((it) => it.type === filters.get('type') && (name === undefined || it.name === name))
}

/** /api/resources/dns/subresources/records/methods/create */
function create(state: State, record: Omit<DnsRecord, 'id'>): Reply {
  // "ttl: in seconds. Setting to 1 means 'automatic'. Value must be between 60 and 86400".
  if (record.ttl !== 1 && (record.ttl < 60 || record.ttl > 86_400)) return failure(400, 9021, 'Invalid TTL.')
  // TXT content consists of quoted character strings (RFC 1035) of at most 255 bytes.
  if (record.type === 'TXT' && !/^"[^"]{0,255}"$/.test(record.content))
    return failure(400, 9005, 'Invalid TXT content.')
  const beside = state.records.filter(({ name }) => name === record.name)
  // "A/AAAA records cannot exist on the same name as CNAME records."
  if (beside.some(({ type }) => type === 'CNAME')) return failure(400, 81053, 'A CNAME record with that host exists.')
  if (beside.some(({ type, content }) => type === record.type && content === record.content)) {
    return failure(400, 81058, 'An identical record already exists.')
  }
  state.ids += 1
  const made = { ...record, id: `record-${state.ids}` }
  state.records.push(made)
  return success(made)
}

/** /api/resources/dns/subresources/records/methods/delete */
function remove({ records }: State, id: string): Reply {
  const at = records.findIndex((record) => record.id === id)
  if (at < 0) return failure(404, 81044, 'Record does not exist.')
  records.splice(at, 1)
  return success({ id })
}

function success(result: unknown): Reply {
  return { status: 200, body: { success: true, errors: [], messages: [], result } }
}

function failure(status: number, code: number, message: string): Reply {
  return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } }
}
