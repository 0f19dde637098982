import { authorityFiles } from '../certificates/store.ts'
import { siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import { layoutOf } from './layout.ts'

/** What a person, or a program, needs to know to use a site that stands. */
export interface SiteFacts {
  url: string
  /** Plain HTTP, which only redirects. */
  redirect: string
  /** Absolute path of the certificate of the authority that signed the site's. */
  ca: string
  home: string
  logs: string
  /** A request that works before the authority is trusted, and where `.localhost` does not resolve. */
  curl: string
  /** How browsers come to accept the certificate. */
  trust: string
}

export function siteFacts(site: Site): SiteFacts {
  const { domain, local } = site
  const layout = layoutOf(site)
  const ca = authorityFiles(layout.tls).certificate
  const url = siteUrl(site)
  return {
    url,
    redirect: `http://${domain}${local.httpPort === 80 ? '' : `:${local.httpPort}`}`,
    ca,
    home: site.home,
    logs: layout.logs,
    curl: `curl --cacert ${quoted(ca)} --resolve ${domain}:${local.httpsPort}:127.0.0.1 ${url}/`,
    trust: 'bookstore trust',
  }
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
