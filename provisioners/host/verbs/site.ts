import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readCertificate } from '../../certificates/store.ts'
import { newestFirst } from '../backups/policy.ts'
import { lastPublished, type PublishedBackup } from '../cloud/published.ts'
import type { Host } from '../host.ts'
import type { KeptManifest } from '../kept-manifest.ts'
import { machine } from '../layout.ts'
import { parseTimestamp } from '../machine/units.ts'
import { containerName } from '../site/containers/docker.ts'
import { memoryOf } from '../site/containers/memory.ts'
import { inspect } from '../site/containers/processes.ts'
import { nfsExport } from '../site/nfs-export.ts'
import { keptFiles } from '../site/nginx/certificate.ts'
import { nginxSite } from '../site/nginx/nginx-site.ts'
import { clusterUnit, findCluster } from '../site/postgres/cluster.ts'
import { readHistory } from '../site/shop/history.ts'
import { maintenanceIsOn } from '../site/shop/maintenance.ts'
import { isUp, knownProcesses, type ProcessState } from '../site/shop/processes.ts'
import { activeSlot } from '../site/shop/slot.ts'
import { processName, unitName } from '../site/units.ts'
import { verb } from './verb.ts'

/** What `site` answers. */
export interface SiteOnMachine {
  release: string | undefined
  slot: string | undefined
  instances: number
  maintenance: boolean
  /** Of both slots. */
  processes: readonly ProcessOnMachine[]
  certificate: { names: readonly string[]; notAfter: string } | undefined
  /** The last backup that reached its bucket; undefined where none goes to one. */
  published: PublishedBackup | undefined
  /** The last nightly one that lies here: when it was made (ISO 8601), and its path. */
  nightly: { at: string; path: string } | undefined
  /** Packages that the shop stands on. */
  versions: { nginx: string | undefined; postgres: string | undefined; node: string }
  /** The oldest first. */
  activations: readonly { release: string; at: string; by: string; result: string }[]
}

export interface ProcessOnMachine {
  /** 'catalog-1', 'nginx', 'postgres', 'covers' */
  name: string
  /** Of a process of the shop. */
  slot: string | undefined
  /** As systemd has it: 'active', 'failed', ... */
  active: string
  restarts: number
  pid: number | undefined
  /** Milliseconds since 1970; 0: it does not run. */
  since: number
  /** Bytes */
  memory: number | undefined
}

/** `{}` -> SiteOnMachine: what serves, and on what it stands. Changes nothing. */
export const site = verb({
  name: 'site',
  changes: false,
  input: z.strictObject({}),
  async perform(_, { host, kept }): Promise<SiteOnMachine> {
    const [active, maintenance, processes, stored, nginx, cluster, activations, published, nightly] = await Promise.all(
      [
        activeSlot(),
        maintenanceIsOn(),
        processesOn(host, kept),
        readCertificate(keptFiles()),
        host.package('nginx'),
        findCluster(host),
        readHistory(host),
        lastPublished(host),
        lastNightly(),
      ],
    )
    return {
      release: active?.settings.release,
      slot: active?.slot,
      instances: active?.settings.instances ?? 0,
      maintenance,
      processes,
      published,
      nightly,
      certificate: stored && { names: stored.names, notAfter: stored.notAfter.toISOString() },
      versions: { nginx, postgres: cluster && String(cluster.major), node: process.versions.node },
      activations: activations.map(({ release, at, by, result }) => ({ release, at, by, result })),
    }
  },
})

async function lastNightly(): Promise<SiteOnMachine['nightly']> {
  const [newest] = newestFirst(await readdir(machine.backups).catch(() => []))
  return newest && { at: newest.time.toISOString(), path: join(machine.backups, newest.file) }
}

const properties = ['ActiveState', 'NRestarts', 'MainPID', 'ActiveEnterTimestamp', 'MemoryCurrent']

/** NGINX and the server of files are missed where the machine should have them, and nowhere else. */
async function processesOn(host: Host, kept: KeptManifest): Promise<readonly ProcessOnMachine[]> {
  const [known, cluster, manifest] = await Promise.all([knownProcesses(host), findCluster(host), kept.read()])
  const shown = known.filter((process) => isUp(process) || process.enabled)
  const web = manifest === undefined || manifest.items.some(({ kind }) => kind === nginxSite.kind)
  const exports = manifest?.items.some(({ kind }) => kind === nfsExport.kind) === true
  const units = [
    ...(cluster ? [{ name: 'postgres', slot: undefined, unit: clusterUnit(cluster) }] : []),
    ...(web ? [{ name: 'nginx', slot: undefined, unit: 'bookstore-nginx.service' }] : []),
    ...(exports ? [{ name: 'covers', slot: undefined, unit: 'bookstore-nfs.service' }] : []),
    ...shown
      .filter(({ runtime }) => runtime === 'systemd')
      .map((process) => ({ name: processName(process), slot: process.slot, unit: unitName(process) })),
  ]
  if (units.length === 0) return containersOn(host, shown)
  const argv = ['systemctl', 'show', '--timestamp=us+utc', `--property=${properties.join(',')}`, '--'] as const
  const { stdout } = await host.run([...argv, ...units.map(({ unit }) => unit)])
  const blocks = stdout.trim().split(/\n\n/)
  const found = units.map(({ name, slot }, position) => ({ name, slot, ...describe(blocks[position] ?? '') }))
  return [...found, ...(await containersOn(host, shown))]
}

async function containersOn(host: Host, shown: readonly ProcessState[]): Promise<readonly ProcessOnMachine[]> {
  const own = shown.filter(({ runtime }) => runtime === 'docker')
  if (own.length === 0) return []
  const found = await inspect(host, own)
  return Promise.all(
    own.map(async (process) => {
      const { pid = 0, startedAt = '' } = found.get(containerName(process)) ?? {}
      return {
        ...{ name: processName(process), slot: process.slot, active: process.active, restarts: process.restarts },
        pid: pid > 0 ? pid : undefined,
        since: Date.parse(startedAt) || 0,
        memory: pid > 0 ? await memoryOf(pid) : undefined,
      }
    }),
  )
}

function describe(block: string): Omit<ProcessOnMachine, 'name' | 'slot'> {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1] ?? ''
  const number = (name: string) => Number(field(name))
  const pid = number('MainPID')
  const memory = number('MemoryCurrent')
  return {
    active: field('ActiveState'),
    restarts: number('NRestarts') || 0,
    pid: pid > 0 ? pid : undefined,
    since: parseTimestamp(field('ActiveEnterTimestamp')),
    // systemd counts nothing where it may not, and says so with the largest number there is.
    memory: memory > 0 && memory < 2 ** 53 ? memory : undefined,
  }
}
