import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { ensureCertificate } from '../../provisioners/certificates/acme/index.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { bundle } from '../support/bundle.ts'
import { behindFront } from './behind-front.ts'
import type { Task } from './fixtures/renew.ts'
import { type Bench, newBench, txtAt, zone } from './world.ts'

describeServers('a renewal', () => {
  const site = behindFront()
  let folder: string
  let bench: Bench

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bookstore-kill-'))
    await bundle('tests/certificates/fixtures/renew.ts', join(folder, 'renew.mjs'))
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  beforeEach(async () => {
    site.front.passed.length = 0
    bench = await newBench(site.world, site.front, { names: [zone, `*.${zone}`] })
  })

  afterEach(() => bench.remove())

  /** Runs a renewal in a process of its own; 'SIGKILL' when it was killed, else how many things it has changed. */
  async function run(killAfter: number): Promise<number | 'SIGKILL'> {
    const { knot, key, view } = site.world
    const report = join(folder, 'report')
    const settings = { provider: 'rfc2136', server: knot.address, port: knot.port, key: key.name } as const
    const task: Task = { folder: bench.folder, request: bench.request, settings, view, killAfter, report }
    const child = spawn(process.execPath, [join(folder, 'renew.mjs'), JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, BOOKSTORE_DNS_TSIG_SECRET: key.secret },
    })
    let errors = ''
    child.stderr.on('data', (part) => {
      errors += part
    })
    const [code, signal] = await once(child, 'close')
    if (signal === 'SIGKILL') return signal
    if (code !== 0) throw new Error(`the renewal ended with ${code}: ${errors}`)
    return Number(await readFile(report, 'utf8'))
  }

  const posts = (path: string) => site.front.passed.filter((passed) => passed.startsWith(`POST ${path}`))

  it('is killed after each change, and goes on with the same order and key', { timeout: 900_000 }, async () => {
    const changes = await run(0)
    expect(changes).toBeGreaterThan(20)
    for (let killAfter = 1; killAfter <= Number(changes); killAfter++) {
      await bench.remove()
      bench = await newBench(site.world, site.front, bench.request)
      site.front.passed.length = 0
      expect([killAfter, await run(killAfter)]).toEqual([killAfter, 'SIGKILL'])
      const [left] = await bench.store.orders()
      const before = await bench.store.current()
      const ordered = posts('/order-plz').length

      const { certificate } = await ensureCertificate(bench.request, bench.deps, testContext())
      const found = {
        killAfter,
        names: certificate?.names.toSorted(),
        txt: await txtAt(site.world),
        orders: await bench.store.orders(),
      }
      expect(found).toEqual({ killAfter, names: [`*.${zone}`, zone], txt: [], orders: [] })
      expect([killAfter, certificate?.key.reveal()]).toEqual([
        killAfter,
        (left ?? before)?.key.reveal() ?? certificate?.key.reveal(),
      ])
      if (before) expect([killAfter, certificate?.id]).toEqual([killAfter, before.id])
      // One order, unless the answer that named it was lost; one certificate in any case.
      expect([killAfter, posts('/order-plz').length]).toEqual([killAfter, ordered === 1 && left && !left.url ? 2 : 1])
      expect([killAfter, new Set(posts('/finalize-order/')).size]).toEqual([killAfter, 1])
      expect([killAfter, posts('/sign-me-up').length]).toBeOneOf([
        [killAfter, 1],
        [killAfter, 2],
      ])
    }
  })
})
