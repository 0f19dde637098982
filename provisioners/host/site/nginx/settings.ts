import { join } from 'node:path'
import { nginxConfig } from '../../../../templates/nginx/config.ts'
import type { NginxConfig } from '../../../../templates/nginx/revision.ts'
import { slotConfig } from '../../../../templates/nginx/slots.ts'
import {
  type UnavailablePage,
  unavailablePage,
  unavailablePolicy,
} from '../../../../templates/nginx/unavailable-page.ts'
import type { NginxServer } from '../../../local/nginx/locate.ts'
import { instanceNames, type ServiceName, services, type Upstream } from '../../../shop/services.ts'
import { machine, type Slot, slotSocket, slots, upstreamSocket } from '../../layout.ts'
import type { NginxSite } from './schema.ts'

export const configFile = join(machine.nginx, 'nginx.conf')
/** Chain and key in one file, so that both change at once. */
export const certificateFile = join(machine.nginx, 'site.pem')
export const pagesFolder = join(machine.nginx, 'pages')
export const statusSocket = join(machine.nginxRun, 'status.sock')
/** Requests, a JSON object a line; logrotate turns it over. */
export const accessLog = join(machine.logs, 'requests.log')

export const slotFolder = (slot: Slot): string => join(machine.slotFiles, slot)
export const slotConfigFile = (slot: Slot): string => join(slotFolder(slot), 'nginx.conf')
export const slotStatusSocket = (slot: Slot): string => join(machine.nginxRun, `status-${slot}.sock`)
export const slotFilesPattern = join(machine.slotFiles, '*/nginx.conf')

const twoYears = 'max-age=63072000; includeSubDomains'

/** The whole configuration but for the slots' own files. Pure. */
export function siteConfig(site: NginxSite, server: NginxServer, facts: { cpus: number; ipv6: boolean }): NginxConfig {
  return nginxConfig({
    nginx: server,
    tempModules: server.tempModules,
    runAsRoot: false,
    workers: facts.cpus,
    pidFile: join(machine.nginxRun, 'nginx.pid'),
    tempFolder: machine.nginxCache,
    cacheFolder: machine.nginxCache,
    accessLog,
    statusSocket,
    site: {
      names: [site.domain],
      otherNames: site.aliases,
      addresses: facts.ipv6 ? ['*', '[::]'] : ['*'],
      httpsPort: 443,
      httpPort: 80,
      languages: site.languages,
      certificate: certificateFile,
      key: certificateFile,
      hsts: site.hstsPreload ? `${twoYears}; preload` : twoYears,
      pages: { folder: pagesFolder, policy: unavailablePolicy(pageOf(site)) },
    },
    slots: { names: slots, active: machine.active, maintenance: machine.maintenance, files: slotFilesPattern },
    pools: [],
    internal: [],
  })
}

const pageOf = ({ shop }: NginxSite): UnavailablePage => ({ shop: shop.name, accent: shop.accent })

/** The pages that NGINX has of its own, by file name. */
export function ownPages(site: NginxSite): Readonly<Record<string, string>> {
  const sayings = ['unavailable', 'maintenance', 'too-many'] as const
  return Object.fromEntries(sayings.map((saying) => [`${saying}.html`, unavailablePage(pageOf(site), saying)]))
}

/** Called by the world, so that the other slot stands in while this one is being stopped. */
const publicServices: readonly ServiceName[] = ['web', 'gateway']

/** What a slot adds, with so many processes of each service. Pure. */
export function slotNginxConfig(slot: Slot, instances: number): NginxConfig {
  const other: Slot = slot === 'blue' ? 'green' : 'blue'
  const pools = services.flatMap(({ name, database }) => {
    const names = instanceNames(name, instances)
    const pool = {
      name,
      sockets: names.map((each) => slotSocket(slot, each)),
      backup: publicServices.includes(name) ? names.map((each) => slotSocket(other, each)) : [],
    }
    const internal = { name: `${name}-internal`, sockets: names.map((each) => slotSocket(slot, `${each}-internal`)) }
    return database ? [pool, internal] : [pool]
  })
  const called = pools.map(({ name }) => name as Upstream).filter((name) => name !== 'web')
  return slotConfig({
    slot,
    pools,
    internal: called.map((name) => ({ socket: upstreamSocket(slot, name), pool: name })),
    statusSocket: slotStatusSocket(slot),
  })
}
