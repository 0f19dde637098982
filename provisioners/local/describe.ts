import { authorityFiles } from '../certificates/store.ts'
import { siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import type { SiteFacts } from '../targets/target.ts'
import { layoutOf } from './layout.ts'

/** Where a site of this computer is. */
export function siteFacts(site: Site): Required<SiteFacts> & { ca: string } {
  const { domain, local } = site
  const layout = layoutOf(site)
  const ca = authorityFiles(layout.tls).certificate
  const url = siteUrl(site)
  return {
    url,
    ca,
    curl: `curl --cacert ${quoted(ca)} --resolve ${domain}:${local.httpsPort}:127.0.0.1 ${url}/`,
  }
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
