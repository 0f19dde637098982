import { userInfo } from 'node:os'
import { join } from 'node:path'
import { nginxConfig } from '../../../templates/nginx/config.ts'
import type { NginxConfig } from '../../../templates/nginx/revision.ts'
import { type UnavailablePage, unavailablePage, unavailablePolicy } from '../../../templates/nginx/unavailable-page.ts'
import { siteFiles } from '../../certificates/store.ts'
import { BookstoreError } from '../../engine/errors.ts'
import { instanceNames, services, upstreams } from '../../shop/services.ts'
import type { Site } from '../../site.ts'
import { type Layout, socketOf } from '../layout.ts'
import type { NginxServer } from './locate.ts'
import { accessLog, statusSocket } from './process.ts'

export interface NginxFiles extends NginxConfig {
  page: string
}

/** Everything that NGINX reads, for this site and this NGINX. Pure. */
export function nginxFiles(
  site: Site,
  layout: Layout,
  server: NginxServer,
  facts: { instances: number; ipv6: boolean; certificate: string },
): NginxFiles {
  refuseStrangePath(layout.home)
  const page: UnavailablePage = { shop: site.shop.name, accent: site.shop.accent }
  const files = siteFiles(layout.tls)
  const config = nginxConfig({
    nginx: server,
    tempModules: server.tempModules,
    runAsRoot: userInfo().uid === 0,
    workers: 2,
    openFiles: 16_384,
    pidFile: join(layout.run, 'nginx.pid'),
    tempFolder: layout.nginxTemp,
    cacheFolder: layout.nginxCache,
    accessLog: accessLog(layout),
    statusSocket: statusSocket(layout),
    certificateRevision: facts.certificate,
    site: {
      names: [site.domain, ...site.aliases],
      otherNames: ['localhost'].filter((name) => name !== site.domain && !site.aliases.includes(name)),
      addresses: ['127.0.0.1', ...(facts.ipv6 ? ['[::1]'] : [])],
      httpsPort: site.local.httpsPort,
      httpPort: site.local.httpPort,
      languages: site.shop.languages,
      certificate: files.certificate,
      key: files.key,
      hsts: 'max-age=300',
      pages: { folder: layout.errorPages, policy: unavailablePolicy(page) },
    },
    pools: poolsOf(layout, facts.instances),
    internal: upstreams.map((name) => ({ socket: socketOf(layout, name), pool: name })),
  })
  return { ...config, page: unavailablePage(page) }
}

function poolsOf(layout: Layout, instances: number) {
  return [...upstreams, 'web' as const].map((name) => {
    const internal = name.endsWith('-internal')
    const service = services.find((each) => each.name === name.replace(/-internal$/, ''))
    const names = service ? instanceNames(service.name, instances) : []
    return { name, sockets: names.map((each) => socketOf(layout, internal ? `${each}-internal` : each)) }
  })
}

/** There is no way to write a literal `$` in NGINX's configuration. */
function refuseStrangePath(home: string): void {
  const sign = /[$"\\\n\r]/.exec(home)?.[0]
  if (sign === undefined) return
  throw new BookstoreError(`NGINX cannot be told about a folder whose name contains ${JSON.stringify(sign)}: ${home}`, {
    code: 'home-path',
    fault: 'user',
    hint: 'Set BOOKSTORE_HOME to a folder without that sign.',
  })
}
