import { join } from 'node:path'
import { databaseUrl, type Places, remoteDatabaseUrl } from '../shop/services.ts'

/** The two places in which a release can run; one serves, the other waits for the next deploy. */
export type Slot = 'blue' | 'green'

export const slots: readonly [Slot, Slot] = ['blue', 'green']

/** What the processes of a slot are: units of systemd, or containers of Docker. */
export type Runtime = 'systemd' | 'docker'

/** Where everything is on a machine. All that is ours lies below these, or has `bookstore` in its name. */
export const machine = {
  /** What came with releases; nothing here is ever changed in place. */
  runtimes: '/opt/bookstore/runtimes',
  agents: '/opt/bookstore/agents',
  releases: '/opt/bookstore/releases',
  /** `slots/<slot>` links to the release that runs there. */
  slots: '/opt/bookstore/slots',
  etc: '/etc/bookstore',
  credentials: '/etc/bookstore/credentials',
  /** `environments/<service>/<slot>-<n>`. */
  environments: '/etc/bookstore/environments',
  nginx: '/etc/bookstore/nginx',
  state: '/var/lib/bookstore',
  secrets: '/var/lib/bookstore/secrets',
  certificates: '/var/lib/bookstore/certificates',
  /** What PostgreSQL shows to other machines. */
  databaseCertificate: '/var/lib/bookstore/database',
  /** How a web machine knows the databases of another one: the authority of their certificate. */
  databaseAuthority: '/etc/bookstore/database-authority.pem',
  covers: '/var/lib/bookstore/covers',
  backups: '/var/lib/bookstore/backups',
  /** Manifest, active slot, history of releases: what the agent remembers. */
  agent: '/var/lib/bookstore/agent',
  logs: '/var/log/bookstore',
  run: '/run/bookstore',
  /** Held by whoever puts a release beside the others, or takes old ones away. */
  uploadLock: '/run/bookstore/upload.lock',
  upstreams: '/run/bookstore/upstreams',
  /** Uploads that are not whole yet. */
  incoming: '/opt/bookstore/incoming',
  /** What a slot was prepared with: settings, sockets of its pools, whether its workers begin awake. */
  slotFiles: '/etc/bookstore/slots',
  /** Link to the folder of the slot that serves; NGINX looks at it with every request. */
  active: '/etc/bookstore/active',
  /** While this file is there, NGINX shows nothing but a page. */
  maintenance: '/etc/bookstore/maintenance',
  /** Temporary files and kept answers of NGINX. */
  nginxCache: '/var/cache/bookstore-nginx',
  nginxRun: '/run/bookstore/nginx',
  /** Compose, told of a slot first. */
  compose: '/etc/bookstore/compose',
  /** Where containers are: what their images are built from, and their credentials. */
  containers: '/var/lib/bookstore/containers',
} as const

/** The system user that all processes of the shop run as. */
export const shopUser = 'bookstore'

/** NGINX runs as a user of its own, which may reach the sockets and read its certificate, and nothing else of ours. */
export const nginxUser = 'bookstore-nginx'

/** A folder of our own: in PostgreSQL's everybody may knock, and another cluster may have the usual name there. */
export const databaseSocketFolder = '/run/bookstore/postgres'

/** `catalog-1` of the slot `blue` listens at `/run/bookstore/blue/catalog-1.sock`. */
export function slotSocket(slot: Slot, name: string): string {
  return join(machine.run, slot, `${name}.sock`)
}

export function upstreamFolder(slot: Slot): string {
  return join(machine.upstreams, slot)
}

/** NGINX's own socket of an upstream: each slot has its own, so that a slot's processes talk to their like. */
export function upstreamSocket(slot: Slot, name: string): string {
  return join(upstreamFolder(slot), `${name}.sock`)
}

/** @param database Of the machine with the databases, where it is another one. */
export function slotPlaces(slot: Slot, database?: { address: string }): Places {
  return {
    covers: machine.covers,
    upstream: (name) => upstreamSocket(slot, name),
    instance: (name) => slotSocket(slot, name),
    databaseUrl: (service) =>
      database
        ? remoteDatabaseUrl(service, database.address, machine.databaseAuthority)
        : databaseUrl(service, databaseSocketFolder),
  }
}
