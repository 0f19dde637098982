import { composeProgram, composeUnit } from '../../templates/systemd/compose-unit.ts'
import { timedTask } from '../../templates/systemd/timer-unit.ts'
import type { Address } from '../engine/resource.ts'
import { itemAddress } from '../host/address.ts'
import { baseItems, packagesAddress } from '../host/base.ts'
import { machine, nginxUser, shopUser } from '../host/layout.ts'
import type { Item, Manifest } from '../host/manifest.ts'
import type { CertificateSpec } from '../host/site/certificate/schema.ts'
import { shopUnits } from '../host/site/units.ts'
import { siteUrl } from '../shop/services.ts'
import type { MachinePublishes, MachineSettings, Site } from '../site.ts'
import { databasePorts, databasesOn } from './databases.ts'
import { coversElsewhere, filesOn, filesPackages, filesPorts } from './files.ts'
import { elsewhere, type SiteNetwork, sharedCertificate } from './network.ts'

/** What the operator's side knows when it writes a manifest, beside the site. */
export interface MachinePlan {
  /** Release that shall serve. */
  release: string
  /** Processes of each service. */
  instances: number
  /** How the agent is started: for its timers. */
  agent: readonly string[]
  /** What the images of containers are built on; undefined where processes are units of systemd. */
  base: string | undefined
  /** Whose, and by whom. */
  certificate: CertificateSpec
  network: SiteNetwork
  /** Of several web machines the one that does what is done once: backups. */
  first: boolean
  /** Where backups and figures go besides; undefined: nowhere. */
  publish?: MachinePublishes | undefined
}

/** Megabytes of V8's old space of each process: six of them and PostgreSQL live in 1 GB, twice during a deploy. */
const heapMb = 96

/**
 * All that a machine of the site shall be. Pure: the same site and release give the same manifest. What depends on the
 * versions that the machine has is decided there.
 */
export function machineManifest(site: Site, settings: MachineSettings, plan: MachinePlan): Manifest {
  const build = new ManifestBuilder()
  system(build, settings, plan.network)
  const { roles } = settings
  const folders = itemAddress('run-folders', 'run')
  const databaseItems = databasesOn(roles, folders, plan)
  const coverItems = filesOn(roles, plan.network)
  build.append([...databaseItems, ...coverItems])
  if (roles.includes('web')) shop(build, site, settings, plan, [...databaseItems, ...coverItems].map(addressOf))
  return { format: 1, stack: site.name, items: build.items }
}

const addressOf = ({ kind, name }: Item): Address => itemAddress(kind, name)

class ManifestBuilder {
  readonly items: Item[] = []

  append(items: readonly Item[]): void {
    this.items.push(...items)
  }

  /** @returns The address, for those that depend on it. */
  add(kind: string, name: string, label: string, dependsOn: readonly Address[], spec: unknown): Address {
    this.items.push({ kind, name, label, dependsOn, spec })
    return itemAddress(kind, name)
  }
}

/** What every machine of ours is, whatever stands on it. */
function system(build: ManifestBuilder, { roles, port, user }: MachineSettings, network: SiteNetwork): void {
  const web = roles.includes('web')
  const database = roles.includes('database')
  build.append(
    baseItems({
      ssh: { user, port },
      open: [
        ...(web ? [{ port: 80 }, { port: 443 }] : []),
        ...databasePorts(roles, network),
        ...filesPorts(roles, network),
      ],
      packages: [
        { name: 'ca-certificates' },
        { name: 'logrotate' },
        // Its own instance stays off: ours is `bookstore-nginx.service`.
        // Not nginx-light, which cannot limit logins on Ubuntu 22.04.
        ...(web ? [{ name: 'nginx', off: ['nginx.service'] }] : []),
        ...(database ? [{ name: 'postgresql' }] : []),
        ...filesPackages(roles, network),
      ],
    }),
  )
  const shopOwner = build.add('user', shopUser, `user ${shopUser}`, [], { name: shopUser, home: machine.state })
  const owners = [shopOwner]
  if (web) {
    const nginx = { name: nginxUser, home: machine.nginxCache, groups: [shopUser] }
    owners.push(build.add('user', nginxUser, `user ${nginxUser}`, [shopOwner], nginx))
  }
  const folders = { state: machine.state, etc: machine.etc, ...(web ? { nginx: machine.nginx } : {}) }
  for (const [name, path] of Object.entries(folders)) {
    build.add('directory', name, `folder ${path}`, [], { path, owner: 'root', group: 'root', mode: '0755' })
  }
  build.add('run-folders', 'run', 'folders of sockets and logs', [packagesAddress, ...owners], { roles })
}

/**
 * The shop itself: NGINX, the processes, and what looks after all of them at night.
 * @param needed What the processes find there: databases, or how to reach them, and covers.
 */
function shop(
  build: ManifestBuilder,
  site: Site,
  { roles }: MachineSettings,
  plan: MachinePlan,
  needed: readonly Address[],
): void {
  const folders = itemAddress('run-folders', 'run')
  const { domain, aliases, shop, currency, certificates } = site
  const database = elsewhere(roles, plan.network)
  const coversMounted = coversElsewhere(roles, plan.network)
  const nginx = build.add('nginx-site', 'site', 'NGINX', [folders, itemAddress('directory', 'nginx')], {
    domain,
    aliases,
    languages: shop.languages,
    shop: { name: shop.name, accent: shop.accent },
    hstsPreload: certificates.hstsPreload,
  })
  const told = { heapMb, coversMounted, ...(database ? { databaseAddress: database.address } : {}) }
  const units = shopUnits(told).map(({ name, text }) =>
    build.add('systemd-unit', name, `unit ${name}`, [folders], { unit: name, content: text }),
  )
  const containers = plan.base === undefined ? [] : containersOf(build, folders)
  const wanted = [...needed, ...units, ...containers, nginx]
  const open = build.add('shop', 'shop', 'shop', wanted, {
    ...{ release: plan.release, url: siteUrl(site), currency, shop, instances: plan.instances, heapMb },
    ...(database ? { database } : {}),
    ...(coversMounted ? { covers: plan.network.files } : {}),
    ...(plan.base === undefined ? {} : { runtime: 'docker', base: plan.base }),
  })
  const publish = plan.publish && { ...plan.publish, stack: site.name }
  const wish = sharedCertificate(plan.certificate, roles, plan.network)
  const signed = build.add('certificate', 'site', 'certificate', [nginx, ...(wish.shared ? needed : [])], wish)
  timed(build, plan.agent, signed, {
    verb: 'certificate',
    label: 'renewal of the certificate',
    calendar: 'hourly',
    spread: '50min',
    input: { certificate: wish, unattended: true },
  })
  if (plan.first) {
    timed(build, plan.agent, open, {
      verb: 'backup',
      label: 'nightly backup',
      calendar: '*-*-* 03:00:00 UTC',
      spread: '90min',
      input: {
        shop: { name: site.name, domain, currency },
        rehearse: true,
        keep: keptBackups,
        ...(publish ? { publish } : {}),
      },
    })
  }
  if (publish)
    timed(build, plan.agent, open, {
      verb: 'figures',
      label: 'figures for CloudWatch',
      calendar: '*:0/5',
      spread: '1min',
      limit: '4min',
      input: { domain, publish },
    })
}

/** Docker, and the unit of a slot's containers. */
function containersOf(build: ManifestBuilder, folders: Address): readonly Address[] {
  const docker = build.add('docker', 'docker', 'Docker and Compose', [packagesAddress], {})
  const program = build.add('file', 'compose', 'Compose of a slot', [itemAddress('directory', 'etc')], {
    path: machine.compose,
    content: composeProgram(machine.slotFiles),
    mode: '0755',
  })
  const { name, text } = composeUnit(machine.compose)
  const spec = { unit: name, content: text }
  return [docker, build.add('systemd-unit', name, `unit ${name}`, [folders, docker, program], spec)]
}

const keptBackups = { days: 7, weeks: 4 }

interface Timed {
  /** Of the agent. */
  verb: string
  label: string
  calendar: string
  spread: string
  /** How long it may take; six hours unless told. */
  limit?: string
  /** What the verb is told. */
  input: unknown
}

/** A task that the agent does by itself: its request, its units. */
function timed(
  build: ManifestBuilder,
  agent: readonly string[],
  after: Address,
  { verb, label, calendar, spread, limit = '6h', input }: Timed,
): void {
  const name = `bookstore-${verb}`
  const path = `${machine.etc}/${verb}.json`
  const content = `${JSON.stringify({ by: 'the timer', ...(input as object) }, undefined, 1)}\n`
  const request = build.add('file', verb, `request: ${label}`, [itemAddress('directory', 'etc')], { path, content })
  const task = {
    name,
    description: `bookstore: ${label}`,
    argv: [...agent, verb],
    request: path,
    calendar,
    spread,
    limit,
  }
  for (const { name: unit, text } of timedTask(task)) {
    const timer = unit.endsWith('.timer')
    const spec = { unit, content: text, ...(timer ? { enabled: true, running: true } : {}) }
    build.add('systemd-unit', unit, timer ? label : `unit ${unit}`, timer ? [request, after] : [request], spec)
  }
}
