import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { machine as places } from '../../provisioners/host/layout.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { until } from '../support/shop.ts'
import { brokenReleases } from './broken-releases.ts'
import { openIdle } from './idle.ts'
import { longMs, servingSite } from './serving-site.ts'
import { domain } from './site-manifest.ts'
import { slowUpload } from './slow-upload.ts'

const megabyte = 1024 * 1024

describeLab('deploys to a machine of 1 GB', () => {
  const here = servingSite()

  beforeAll(async () => {
    await here.site.variant('other', {})
  }, longMs)

  /** The release that does not serve now. */
  const next = async () => ((await here.site.serving()).release === 'other' ? here.site.release : 'other')

  it(
    'deploys a release and goes back without losing a request, in 900 MB',
    async () => {
      const release = await next()
      const before = await here.site.serving()
      const shoppers = here.load(6)
      await until('shoppers are there', () => shoppers.answered > 200, 120_000)
      const most = { one: await memoryOfSite(), two: 0 }
      // Decided for the old slot long before it has a body to send, which comes when that slot is gone.
      const slow = slowUpload(here.site.machine.address, domain)
      const idle = await openIdle(here.site.machine.address, domain, 10)
      let deploying = true
      const watch = (async () => {
        while (deploying) {
          most.two = Math.max(most.two, await memoryOfSite())
          await sleep(500)
        }
      })()
      for (const each of [release, before.release]) {
        const { last } = await here.site.converge({ release: each })
        expect(last, JSON.stringify(last)).toMatchObject({ type: 'result', data: { done: ['host.shop/active'] } })
        expect((await here.site.serving()).release).toBe(each)
        // On the same connection, or on another one where NGINX has had enough of waiting.
        expect(Object.keys(await idle.ask()).filter((answer) => !answer.startsWith('200 '))).toEqual([])
      }
      deploying = false
      await watch
      slow.finish()
      expect([401, 422, 429]).toContain(await slow.status)
      idle.close()
      const report = await shoppers.stop()
      expect(report.failures).toEqual({})
      expect(report.answered).toBeGreaterThan(500)
      await here.isWhole()
      expect(await here.site.serving()).toEqual(before)
      process.stderr.write(`PSS of the site: ${mb(most.one)} MB under here.load, ${mb(most.two)} MB with two slots\n`)
      expect(most.one).toBeLessThanOrEqual(600 * megabyte)
      expect(most.two).toBeLessThanOrEqual(900 * megabyte)
      expect((await here.site.machine.memory()).oomKills).toBe(0)
    },
    longMs,
  )

  it(
    'keeps the history of what served, and why what did not',
    async () => {
      await here.site.variant('crashes-for-history', brokenReleases.crashes)
      await here.site.converge({ release: 'crashes-for-history' })
      const history = JSON.parse(await here.site.machine.must(['cat', `${places.agent}/activations.json`]))
      expect(history[0]).toMatchObject({ release: here.site.release, slot: 'blue', by: 'ana@laptop', result: 'served' })
      expect(history.at(-1)).toMatchObject({
        release: 'crashes-for-history',
        by: 'ana@laptop',
        result: 'failed',
        code: 'release-crashed',
      })
    },
    longMs,
  )

  describe.each([
    ['crashes', 'release-crashed', 'there is no shelf for this catalog'],
    ['hangs', 'release-not-ready', 'counting all books of the world first'],
    ['fails its migration', 'migration-failed', 'this schema is beyond me'],
    ['fails its smoke', 'smoke-failed', 'home page'],
  ] as const)('a release that %s', (how, code, said) => {
    it(
      'changes nothing for anybody, and its last words are shown',
      async () => {
        const before = await here.site.serving()
        const shoppers = here.load(2)
        const release = await here.site.variant(how.replaceAll(' ', '-'), brokenReleases[how])
        const { status, last } = await here.site.converge({ release, readySeconds: how === 'hangs' ? 10 : 120 })
        expect(status).toBe(1)
        expect(last).toMatchObject({ type: 'error', code })
        expect(last.message).toContain(said)
        expect(last.message).toContain(`${before.release} goes on serving`)
        expect((await shoppers.stop()).failures).toEqual({})
        expect(await here.site.serving()).toEqual(before)
        await here.isWhole()
      },
      longMs,
    )
  })

  describe('an agent that is killed', () => {
    /** Starts a deploy and resolves with the agent's end, once `moment` has come and `strike` was made. */
    async function strikeAt(moment: () => Promise<boolean>, strike: () => Promise<unknown>): Promise<void> {
      const run = here.site.converge({ release: await next() }).catch(() => undefined)
      await until('the moment has come', moment, 300_000)
      await strike()
      await run
    }
    const killAgent = () => here.site.machine.must(['systemctl', 'kill', '--signal=KILL', 'bookstore-run.service'])
    const finishes = async () => {
      const release = await next()
      expect((await here.site.converge({ release })).last).toMatchObject({ type: 'result' })
      expect((await here.site.serving()).release).toBe(release)
      await here.isWhole()
    }

    it(
      'before the switch: the old release serves, and the next run finishes',
      async () => {
        const { slot } = await here.site.serving()
        const other = slot === 'blue' ? 'green' : 'blue'
        const started = async () => (await here.site.running()).some((unit) => unit.includes(`@${other}-`))
        await strikeAt(started, killAgent)
        expect((await here.site.serving()).slot).toBe(slot)
        expect((await here.site.ask('/es/')).status).toBe(200)
        await finishes()
      },
      longMs,
    )

    it(
      'just after it: the new release serves, and the next run lets the old one go',
      async () => {
        const before = await here.site.serving()
        const shoppers = here.load(2)
        await strikeAt(async () => (await here.site.serving()).slot !== before.slot, killAgent)
        expect((await here.site.serving()).slot).not.toBe(before.slot)
        const { release } = await here.site.serving()
        expect((await here.site.converge({ release })).last).toMatchObject({ type: 'result' })
        expect((await shoppers.stop()).failures).toEqual({})
        await here.isWhole()
      },
      longMs,
    )

    it(
      'together with the machine: it comes back by itself',
      async () => {
        const before = await here.site.serving()
        const powerCut = async () => {
          await here.site.machine.kill()
          await here.site.machine.start()
        }
        await strikeAt(async () => (await here.site.serving()).slot !== before.slot, powerCut)
        await until('the site answers', here.answers, 300_000)
        const { release } = await here.site.serving()
        expect((await here.site.converge({ release })).last).toMatchObject({ type: 'result' })
        await here.isWhole()
      },
      longMs,
    )
  })

  /** Of all that the site consists of: its own processes, NGINX, PostgreSQL. */
  async function memoryOfSite(): Promise<number> {
    const { units } = await here.site.machine.memory()
    return Object.entries(units)
      .filter(([unit]) => /^bookstore-(?!run)|^postgresql@15-bookstore/.test(unit))
      .reduce((sum, [, bytes]) => sum + bytes, 0)
  }
})

const mb = (bytes: number) => Math.round(bytes / megabyte)
