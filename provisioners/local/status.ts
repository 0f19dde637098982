import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renewalTime } from '../certificates/renewal.ts'
import { authorityFiles, readCertificate, siteFiles } from '../certificates/store.ts'
import type { Clock } from '../engine/resource.ts'
import { packageRoot } from '../engine/root.ts'
import { instanceNames, services, siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import type { ProcessReport, SiteStatus } from '../targets/target.ts'
import { instancesOf } from './instances.ts'
import { type Layout, layoutOf } from './layout.ts'
import { LocalSite } from './local-site.ts'
import { isAlive, memoryOf } from './os-process.ts'
import { builtPrograms } from './programs.ts'
import { statusOf } from './supervisor/client.ts'
import { readJournal } from './supervisor/journal.ts'
import type { SupervisorStatus } from './supervisor/protocol.ts'

/** What runs of a site, right now. Looks only; a site that was never started is simply stopped. */
export async function readStatus(site: Site, clock: Clock): Promise<SiteStatus> {
  const layout = layoutOf(site)
  const supervisor = await statusOf(layout.supervisorSocket)
  const processes = supervisor ? supervised(site, supervisor, clock) : orphaned(layout)
  const [authority, certificate, versions] = await Promise.all([
    readCertificate(authorityFiles(layout.tls)),
    readCertificate(siteFiles(layout.tls)),
    versionsOf(site, supervisor),
  ])
  return {
    state: stateOf(processes),
    url: siteUrl(site),
    ca: authority && authorityFiles(layout.tls).certificate,
    home: site.home,
    processes,
    certificate: certificate && {
      names: certificate.names,
      notAfter: certificate.notAfter.toISOString(),
      renewAfter: renewalTime(certificate).toISOString(),
    },
    versions,
  }
}

export function stateOf(processes: readonly Pick<ProcessReport, 'state'>[]): SiteStatus['state'] {
  if (processes.every(({ state }) => state === 'stopped')) return 'stopped'
  return processes.every(({ state }) => state === 'ready') ? 'running' : 'degraded'
}

function supervised(site: Site, { pid, since, processes }: SupervisorStatus, clock: Clock): ProcessReport[] {
  const now = clock.now().getTime()
  const self: ProcessReport = {
    name: 'supervisor',
    pid,
    state: 'ready',
    restarts: 0,
    uptimeMs: now - since,
    memory: memoryOf(pid, false),
    log: join(layoutOf(site).logs, 'supervisor.log'),
  }
  const wanted = ['postgres', 'nginx', ...services.flatMap((kind) => instanceNames(kind.name, instancesOf(site)))]
  const known = processes
    .toSorted((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1))
    .map((each): ProcessReport => {
      const running = each.pid !== undefined
      return {
        name: each.name,
        pid: each.pid,
        state: each.state,
        restarts: each.restarts,
        uptimeMs: running && each.since !== undefined ? now - each.since : undefined,
        memory: each.pid === undefined ? undefined : memoryOf(each.pid),
        log: each.log,
      }
    })
  const missing = wanted
    .filter((name) => !processes.some((each) => each.name === name))
    .map((name) => absent(name, 'missing'))
  return [self, ...known, ...missing]
}

function orphaned(layout: Layout): ProcessReport[] {
  const alive = readJournal(layout.journal).children.filter(isAlive)
  return alive.map(({ name, pid }) => ({ ...absent(name, 'orphaned'), pid, memory: memoryOf(pid) }))
}

function absent(name: string, state: ProcessReport['state']): ProcessReport {
  return { name, pid: undefined, state, restarts: 0, uptimeMs: undefined, memory: undefined, log: undefined }
}

async function versionsOf(site: Site, supervisor: SupervisorStatus | undefined): Promise<SiteStatus['versions']> {
  const local = new LocalSite(site, builtPrograms())
  // What cannot be found is left out here; `up` and `doctor` say why.
  const [manifest, postgres, nginx] = await Promise.all([
    readFile(join(packageRoot(), 'package.json'), 'utf8'),
    local.postgres().then(
      ({ server }) => `${server.version} (${server.kind})`,
      () => undefined,
    ),
    local.nginx().then(
      (server) => `${server.version} (${server.kind})`,
      () => undefined,
    ),
  ])
  const { version } = JSON.parse(manifest) as { version: string }
  return { bookstore: version, node: supervisor?.node ?? local.node, postgres, nginx }
}
