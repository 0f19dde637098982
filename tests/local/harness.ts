import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { localBlueprint } from '../../provisioners/blueprints/local.ts'
import { apply, type Summary } from '../../provisioners/engine/apply.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import { plan } from '../../provisioners/engine/plan.ts'
import type { Context } from '../../provisioners/engine/resource.ts'
import type { Plan } from '../../provisioners/engine/step.ts'
import { layoutOf } from '../../provisioners/local/layout.ts'
import { builtPrograms, type Programs } from '../../provisioners/local/programs.ts'
import { statusOf } from '../../provisioners/local/supervisor/client.ts'
import type { SupervisorStatus } from '../../provisioners/local/supervisor/protocol.ts'
import { stopSupervisor } from '../../provisioners/local/supervisor/start.ts'
import type { LocalSettings, Site } from '../../provisioners/site.ts'

const fixtures = new URL('fixtures', import.meta.url).pathname

/** The supervisor, bundled once for a run of the tests. */
export async function fixturePrograms(folder: string): Promise<Programs> {
  const supervisor = join(folder, 'supervisor.mjs')
  const entry = new URL('../../provisioners/local/supervisor/main.ts', import.meta.url).pathname
  await build({
    entryPoints: [entry],
    outfile: supervisor,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return {
    ...builtPrograms(),
    supervisor,
    service: () => join(fixtures, 'service.mjs'),
    migrations: (name) => join(fixtures, 'migrations', name),
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** A site of the tests: home in a temporary folder, ports of its own. */
export async function testSite(local: Partial<LocalSettings> = {}, home?: string): Promise<Site> {
  return {
    name: 'test',
    domain: 'shop.localhost',
    aliases: ['www.shop.localhost'],
    target: 'local',
    currency: 'USD',
    vm: undefined,
    aws: undefined,
    alerts: undefined,
    certificates: {
      directory: '',
      staging: undefined,
      email: undefined,
      profile: undefined,
      ca: undefined,
      hstsPreload: false,
    },
    dns: { provider: 'manual' },
    payments: 'simulator',
    home: home ?? (await mkdtemp('/tmp/bookstore-test-')),
    shop: {
      name: 'Shop & <Sons>',
      tagline: { es: 'Libros', en: 'Books' },
      accent: '#123456',
      languages: ['es', 'en'],
      contact: undefined,
      legal: { es: '', en: '' },
      catalogue: 'classics',
    },
    local: {
      httpsPort: await freePort(),
      httpPort: await freePort(),
      postgres: 'auto',
      nginx: 'auto',
      instances: undefined,
      ...local,
    },
  }
}

export function testContext(events: Event[] = [], signal: AbortSignal = AbortSignal.timeout(100_000)): Context {
  return {
    signal,
    clock: {
      now: () => new Date(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    emit: (event) => events.push(event),
  }
}

/** What `up` does, without the talk. */
export async function converge(site: Site, programs: Programs, ctx = testContext()): Promise<Summary> {
  const resources = localBlueprint(site, programs)
  return apply(await plan(resources, ctx), resources, ctx)
}

export function planOf(site: Site, programs: Programs): Promise<Plan> {
  return plan(localBlueprint(site, programs), testContext())
}

export async function statusOfSite(site: Site): Promise<SupervisorStatus | undefined> {
  return statusOf(layoutOf(site).supervisorSocket)
}

/** Ends everything of a site and removes it. */
export async function discard(site: Site): Promise<void> {
  await stopSupervisor(layoutOf(site))
  await rm(layoutOf(site).run, { recursive: true, force: true })
  await rm(site.home, { recursive: true, force: true })
}

/** Waits until `probe` gives something; fails with `what` after `forMs`. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>, forMs = 15_000): Promise<T> {
  const deadline = Date.now() + forMs
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found as T
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
