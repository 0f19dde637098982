import { arch, networkInterfaces } from 'node:os'
import { dirname } from 'node:path'
import { version } from 'node:process'
import { BookstoreError } from '../engine/errors.ts'
import { packageRoot } from '../engine/root.ts'
import { type DatabaseName, readSecret } from '../shop/secrets.ts'
import type { Site } from '../site.ts'
import { instancesOf } from './instances.ts'
import { type Layout, layoutOf } from './layout.ts'
import { findNginx, type NginxServer } from './nginx/locate.ts'
import { clusterMajor, type Installation } from './postgres/cluster.ts'
import { type DatabaseFacts, readFacts } from './postgres/facts.ts'
import { askSystem } from './postgres/identity.ts'
import { libraryEnvironment } from './postgres/libraries.ts'
import { chooseServer, findServers } from './postgres/locate.ts'
import type { Programs } from './programs.ts'
import { statusOf } from './supervisor/client.ts'
import type { SupervisorStatus } from './supervisor/protocol.ts'

/**
 * One site on this computer, as its resources see it. What is expensive to find out is found out once and shared:
 * an unchanged `up` asks the supervisor once and opens one connection to each database. Whoever changes something
 * calls `changed`.
 */
export class LocalSite {
  readonly site: Site
  readonly layout: Layout
  readonly programs: Programs
  readonly instances: number
  #status: Promise<SupervisorStatus | undefined> | undefined
  #facts = new Map<DatabaseName, Promise<DatabaseFacts | undefined>>()
  #postgres: Promise<Installation> | undefined
  #nginx: Promise<NginxServer> | undefined

  constructor(site: Site, programs: Programs) {
    this.site = site
    this.layout = layoutOf(site)
    this.programs = programs
    this.instances = instancesOf(site)
  }

  /** What the supervisor says, or `undefined` when there is none. */
  status(): Promise<SupervisorStatus | undefined> {
    this.#status ??= statusOf(this.layout.supervisorSocket)
    return this.#status
  }

  facts(name: DatabaseName): Promise<DatabaseFacts | undefined> {
    const known = this.#facts.get(name) ?? this.#readFacts(name)
    this.#facts.set(name, known)
    return known
  }

  changed(what: 'processes' | DatabaseName): void {
    if (what !== 'processes') return void this.#facts.delete(what)
    this.#status = undefined
    // PostgreSQL is one of them, and may answer now.
    this.#facts.clear()
  }

  /** The PostgreSQL to run, and how. Throws `postgres-missing`, `postgres-version` or `postgres-root`. */
  postgres(): Promise<Installation> {
    this.#postgres ??= this.#findPostgres()
    return this.#postgres
  }

  nginx(): Promise<NginxServer> {
    this.#nginx ??= findNginx(this.site.local.nginx)
    return this.#nginx
  }

  /** Whether loopback has IPv6: where it is switched off, NGINX must not listen on it. */
  get ipv6(): boolean {
    return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))
  }

  /** The Node that runs this, and is to run the processes. */
  get node(): string {
    return `${version.slice(1)} (${arch()})`
  }

  async secret(name: Parameters<typeof readSecret>[1]) {
    const secret = await readSecret(this.layout.secrets, name)
    if (secret) return secret
    throw new BookstoreError(`The secret ${name} is missing in ${this.layout.secrets}.`, {
      code: 'secrets-lost',
      fault: 'user',
      hint: 'Run `bookstore up` again; it makes what is missing.',
    })
  }

  async #readFacts(name: DatabaseName): Promise<DatabaseFacts | undefined> {
    const password = await readSecret(this.layout.secrets, `database-${name}`)
    return password && readFacts(this.layout.databaseSocket, name, password)
  }

  async #findPostgres(): Promise<Installation> {
    const { postgres } = this.site.local
    const { cluster, libraries, home } = this.layout
    const [found, major] = await Promise.all([findServers(postgres), clusterMajor(cluster)])
    const server = chooseServer(found, major, postgres)
    const ways = [dirname(home), server.bin, ...(server.kind === 'embedded' ? [packageRoot()] : [])]
    const [identity, env] = await Promise.all([askSystem(cluster, ways), libraryEnvironment(server, libraries)])
    return { server, identity, env }
  }
}
