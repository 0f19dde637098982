import { type Asked, type Reply, startVendor, type Vendor } from './server.ts'

export const awsKeyId = 'AKIASENTINELSENTINEL'
export const awsSecret = 'sentinel-aws-secret'

interface RecordSet {
  ttl: string
  values: string[]
  /** What has to come back as it was: alias targets, routing policies. */
  extra: string
}

export interface Route53Vendor extends Vendor {
  /** By 'TXT name.' */
  sets: Map<string, RecordSet>
  zones: { id: string; name: string; private?: boolean }[]
  /** How often a change is PENDING before it is INSYNC. */
  pending: number
  /** Runs before a change is judged: somebody else is quicker. */
  meanwhile: (() => void) | undefined
}

/** Route 53's interface: https://docs.aws.amazon.com/Route53/latest/APIReference/ */
export async function startRoute53(zone: string): Promise<Route53Vendor> {
  const state = {
    sets: new Map<string, RecordSet>(),
    zones: [{ id: 'Z1', name: zone }],
    pending: 1,
    meanwhile: undefined as (() => void) | undefined,
  }
  const vendor: Route53Vendor = Object.assign(await startVendor((asked) => answer(vendor, asked)), state)
  return vendor
}

const xml = (status: number, body: string): Reply => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  headers: { 'content-type': 'text/xml' },
})

function answer(vendor: Route53Vendor, { method, url, headers, body }: Asked): Reply {
  if (!String(headers.authorization).startsWith(`AWS4-HMAC-SHA256 Credential=${awsKeyId}/`)) {
    return failure(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  }
  const path = url.pathname.replace(/\/$/, '')
  if (path === '/2013-04-01/hostedzonesbyname') return zonesByName(vendor, url.searchParams.get('dnsname') ?? '')
  const [, changeId] = /^\/2013-04-01\/change\/(.+)$/.exec(path) ?? []
  // API_GetChange: PENDING until all servers have it, then INSYNC.
  if (changeId) {
    const status = vendor.pending-- > 0 ? 'PENDING' : 'INSYNC'
    return xml(200, `<GetChangeResponse>${changeInfo(status)}</GetChangeResponse>`)
  }
  const [, zoneId] = /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset$/.exec(path) ?? []
  if (!vendor.zones.some(({ id }) => id === zoneId)) return failure(404, 'NoSuchHostedZone', 'No hosted zone found')
  return method === 'GET' ? recordSets(vendor, url.searchParams) : change(vendor, body)
}

/** API_ListHostedZonesByName: in order of the names, beginning with the one asked for, and not only that one. */
function zonesByName({ zones }: Route53Vendor, from: string): Reply {
  const found = zones
    .filter(({ name }) => name >= from)
    .map(
      ({ id, name, private: hidden = false }) =>
        `<HostedZone><Id>/hostedzone/${id}</Id><Name>${name}.</Name><CallerReference>x</CallerReference>` +
        `<Config><PrivateZone>${hidden}</PrivateZone></Config></HostedZone>`,
    )
  const list = `<HostedZones>${found.join('')}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>`
  return xml(200, `<ListHostedZonesByNameResponse>${list}</ListHostedZonesByNameResponse>`)
}

/** API_ListResourceRecordSets: beginning with `name` and `type`, names with a dot at the end. */
function recordSets({ sets }: Route53Vendor, from: URLSearchParams): Reply {
  const start = `${from.get('name')}.`
  const found = [...sets].filter(([key]) => (key.split(' ')[1] ?? '') >= start).map(([key, set]) => setXml(key, set))
  const list = `<ResourceRecordSets>${found.join('')}</ResourceRecordSets><IsTruncated>false</IsTruncated>`
  return xml(200, `<ListResourceRecordSetsResponse>${list}<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`)
}

function setXml(key: string, { ttl, values, extra }: RecordSet): string {
  const [type, name] = key.split(' ')
  const records = values.map((value) => `<ResourceRecord><Value>${escaped(value)}</Value></ResourceRecord>`).join('')
  const own = extra || `<TTL>${ttl}</TTL><ResourceRecords>${records}</ResourceRecords>`
  return `<ResourceRecordSet><Name>${name?.replace('*', '\\052')}</Name><Type>${type}</Type>${own}</ResourceRecordSet>`
}

/** API_ChangeResourceRecordSets: all or nothing; DELETE has to name all values as they are, CREATE an absent set. */
function change(vendor: Route53Vendor, body: string): Reply {
  vendor.meanwhile?.()
  vendor.meanwhile = undefined
  const after = new Map(vendor.sets)
  for (const [, text = ''] of body.matchAll(/<Change>(.*?)<\/Change>/gs)) {
    const action = /<Action>(.*?)</.exec(text)?.[1]
    const key = `${/<Type>(.*?)</.exec(text)?.[1]} ${/<Name>(.*?)\.?</.exec(text)?.[1]?.replace('\\052', '*')}.`
    const values = [...text.matchAll(/<Value>(.*?)<\/Value>/g)].map(([, value = '']) => unescaped(value))
    const set = {
      ttl: /<TTL>(.*?)</.exec(text)?.[1] ?? '',
      values,
      extra: /<AliasTarget>.*<\/AliasTarget>/s.exec(text)?.[0] ?? '',
    }
    if (key.startsWith('TXT') && values.some((value) => !/^"[^"]{0,255}"$/.test(value))) return invalid('not quoted')
    if (action === 'DELETE') {
      if (JSON.stringify(after.get(key)) !== JSON.stringify(set)) return invalid(`${key} values do not match`)
      after.delete(key)
    } else {
      if (action === 'CREATE' && after.has(key)) return invalid(`${key} already exists`)
      after.set(key, set)
    }
  }
  vendor.sets.clear()
  for (const [key, set] of after) vendor.sets.set(key, set)
  const info = changeInfo('PENDING')
  return xml(200, `<ChangeResourceRecordSetsResponse>${info}</ChangeResourceRecordSetsResponse>`)
}

function changeInfo(status: string): string {
  return `<ChangeInfo><Id>/change/C1</Id><Status>${status}</Status><SubmittedAt>2026-11-24T09:00:00Z</SubmittedAt></ChangeInfo>`
}

/** CommonErrors, and the developer guide on throttling: HTTP 400 with the code `Throttling`. */
export function failure(status: number, code: string, message: string): Reply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  return xml(status, `<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">${error}</ErrorResponse>`)
}

function invalid(message: string): Reply {
  return failure(400, 'InvalidChangeBatch', `[${message}]`)
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&')
