import type { ClientRequest, RequestOptions } from 'node:http'
import { request } from 'node:https'
import { builtPrograms } from '../../provisioners/local/programs.ts'
import { siteUrl } from '../../provisioners/shop/services.ts'
import type { LocalSettings, Site } from '../../provisioners/site.ts'
import { converge, discard, testSite } from '../local/harness.ts'
import { authorityOf } from '../local/requests.ts'

/** A shop as `up` opens it on this computer: real processes, PostgreSQL and NGINX, in a home of its own. */
export interface OpenSite {
  site: Site
  siteUrl: string
  /** Sends a request to the front, trusting the site's authority and nothing else. */
  knock(options: RequestOptions): ClientRequest
  close(): Promise<void>
}

/** Needs what `build` makes. Closes what it opened when it fails half-way. */
export async function openSite(local: Partial<LocalSettings> = {}): Promise<OpenSite> {
  const site = await testSite(local)
  try {
    const { failed } = await converge(site, builtPrograms())
    if (failed[0]) throw failed[0].error
  } catch (error) {
    await discard(site)
    throw error
  }
  const ca = authorityOf(site)
  const door = { host: '127.0.0.1', port: site.local.httpsPort, servername: site.domain, ca, agent: false as const }
  const host = `${site.domain}:${site.local.httpsPort}`
  return {
    site,
    siteUrl: siteUrl(site),
    knock: (options) => request({ ...options, ...door, headers: { host, ...options.headers } }),
    close: () => discard(site),
  }
}
