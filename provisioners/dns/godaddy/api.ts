import type { Context } from '../../engine/resource.ts'
import { type Complaint, rest, type Vendor } from '../rest.ts'
import { type DnsSecrets, type GodaddySettings, requiredSecret } from '../settings.ts'

export interface GodaddyRecord {
  data: string
  /** Seconds. */
  ttl: number
}

/** All records of one name and type, '@' being the domain itself. */
export interface Place {
  zone: string
  type: string
  name: string
}

/** The calls that we use (https://developer.godaddy.com/doc/endpoint/domains, version 1). */
export class GodaddyApi {
  readonly #vendor: Vendor

  constructor(settings: GodaddySettings, secrets: DnsSecrets) {
    const key = requiredSecret('godaddy', secrets, 'GODADDY_API_KEY')
    const secret = requiredSecret('godaddy', secrets, 'GODADDY_API_SECRET')
    this.#vendor = {
      name: 'godaddy',
      base: settings.endpoint ?? 'https://api.godaddy.com',
      headers: () => ({ authorization: `sso-key ${key.reveal()}:${secret.reveal()}` }),
      complaintOf,
      refusedHint,
    }
  }

  /** 404 for a domain that is not the account's, 422 for what could be no domain. */
  async hasDomain(domain: string, ctx: Context): Promise<boolean> {
    const call = { method: 'GET', path: `/v1/domains/${domain}`, accept: [404, 422] } as const
    return (await rest(this.#vendor, call, ctx)).status === 200
  }

  async records(place: Place, ctx: Context): Promise<GodaddyRecord[]> {
    const { body } = await rest(this.#vendor, { method: 'GET', path: pathOf(place), accept: [404] }, ctx)
    const found = Array.isArray(body) ? (body as GodaddyRecord[]) : []
    return found.map(({ data, ttl }) => ({ data, ttl }))
  }

  /** A list without records is refused, so that the last one goes by DELETE. */
  async replace(place: Place, records: readonly GodaddyRecord[], ctx: Context): Promise<void> {
    const path = pathOf(place)
    if (records.length === 0) await rest(this.#vendor, { method: 'DELETE', path, accept: [404] }, ctx)
    else await rest(this.#vendor, { method: 'PUT', path, body: records }, ctx)
  }
}

function pathOf({ zone, type, name }: Place): string {
  return `/v1/domains/${zone}/records/${type}/${encodeURIComponent(name)}`
}

function complaintOf(body: unknown): Complaint | undefined {
  const { code, message, retryAfterSec } = (body ?? {}) as Record<string, unknown>
  if (typeof code !== 'string') return undefined
  const said = { code, message: typeof message === 'string' ? message : 'without saying why' }
  return typeof retryAfterSec === 'number' ? { ...said, retryAfter: retryAfterSec } : said
}

/** The keys are right, and yet: accounts below GoDaddy's threshold may not use its DNS interface. */
function refusedHint({ code }: Complaint): string {
  return code === 'ACCESS_DENIED'
    ? 'GoDaddy does not let this account use its DNS interface: delegate _acme-challenge elsewhere by a CNAME, or use the provider manual.'
    : 'Make a production key at developer.godaddy.com/keys and set GODADDY_API_KEY and GODADDY_API_SECRET.'
}
