import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import { type Complaint, rest, type Vendor } from '../rest.ts'
import { type CloudflareSettings, type DnsSecrets, requiredSecret } from '../settings.ts'

export interface DnsRecord {
  id: string
  name: string
  type: string
  content: string
}

export interface NewDnsRecord extends Omit<DnsRecord, 'id'> {
  /** Seconds. */
  ttl: number
}

/** Codes of 'An identical record already exists.' and 'The record already exists.' */
const alreadyThere = ['81058', '81057']

/** The calls that we use (https://developers.cloudflare.com/api/resources/dns/subresources/records/). */
export class CloudflareApi {
  readonly #vendor: Vendor

  constructor(settings: CloudflareSettings, secrets: DnsSecrets) {
    const token = requiredSecret('cloudflare', secrets, 'CLOUDFLARE_API_TOKEN')
    this.#vendor = {
      name: 'cloudflare',
      base: settings.endpoint ?? 'https://api.cloudflare.com/client/v4',
      headers: () => ({ authorization: `Bearer ${token.reveal()}` }),
      complaintOf,
      refusedHint: () => 'Give the API token the permission Zone / DNS / Edit for this zone.',
    }
  }

  async zoneId(zone: string, ctx: Context): Promise<string | undefined> {
    const { body } = await rest(this.#vendor, { method: 'GET', path: '/zones', query: { name: zone } }, ctx)
    return resultOf<{ id: string; name: string }>(body).find(({ name }) => name === zone)?.id
  }

  async find(zoneId: string, name: string, type: string, ctx: Context): Promise<DnsRecord[]> {
    const query = { type, 'name.exact': name, per_page: '100' }
    const { body } = await rest(this.#vendor, { method: 'GET', path: pathOf(zoneId), query }, ctx)
    return resultOf<DnsRecord>(body).filter((record) => record.name === name && record.type === type)
  }

  /** Also succeeds when it is there already, as after a lost answer. */
  async create(zoneId: string, record: NewDnsRecord, ctx: Context): Promise<void> {
    const call = { method: 'POST', path: pathOf(zoneId), body: record, accept: [400] } as const
    const { status, body } = await rest(this.#vendor, call, ctx)
    const complaint = status === 400 ? complaintOf(body) : undefined
    if (status === 400 && !alreadyThere.includes(complaint?.code ?? '')) throw invalid(record, complaint)
  }

  async remove(zoneId: string, id: string, ctx: Context): Promise<void> {
    await rest(this.#vendor, { method: 'DELETE', path: `${pathOf(zoneId)}/${id}`, accept: [404] }, ctx)
  }
}

function pathOf(zoneId: string): string {
  return `/zones/${zoneId}/dns_records`
}

/** Every answer comes in an envelope: `success`, `errors`, `result`. */
function resultOf<T>(body: unknown): T[] {
  const { result } = (body ?? {}) as { result?: T[] }
  return Array.isArray(result) ? result : []
}

function complaintOf(body: unknown): Complaint | undefined {
  const { errors } = (body ?? {}) as { errors?: { code: number; message: string }[] }
  const first = errors?.[0]
  return first && { code: String(first.code), message: first.message }
}

function invalid({ type, name }: NewDnsRecord, complaint: Complaint | undefined): BookstoreError {
  const said = complaint ? `${complaint.message} (${complaint.code})` : 'without saying why'
  return new BookstoreError(`cloudflare does not take the ${type} record at ${name}: ${said}.`, {
    code: 'dns-failed',
    fault: 'user',
    hint: 'Look at what stands at that name: a CNAME lets nothing stand beside it.',
    details: { vendorCode: complaint?.code },
  })
}
