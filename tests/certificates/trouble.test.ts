import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureCertificate } from '../../provisioners/certificates/acme/index.ts'
import type { DnsProvider } from '../../provisioners/dns/provider.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { startKnot } from '../dns/knot.ts'
import { ownAddress } from '../dns/process.ts'
import { behindFront } from './behind-front.ts'
import type { Passing, Reply } from './front.ts'
import { startPebble } from './pebble.ts'
import { AheadClock, type Bench, failureOf, newBench, txtAt, zone } from './world.ts'

describeServers('on a bad day', () => {
  let bench: Bench
  let clock: AheadClock

  const site = behindFront()

  beforeEach(async () => {
    site.front.passed.length = 0
    site.front.rule = () => undefined
    site.front.directoryExtras = {}
    clock = new AheadClock()
    bench = await newBench(site.world, site.front)
  })

  afterEach(() => bench.remove())

  const problem = (type: string, detail: string, status: number, headers: Record<string, string> = {}): Reply => ({
    status,
    headers,
    body: { type: `urn:ietf:params:acme:error:${type}`, detail, status },
  })

  /** A rule that fires for one path only, `times` times. */
  function at(path: string | RegExp, verdict: Reply | 'break', times = 1) {
    let left = times
    return (passing: Passing) => {
      const hit = typeof path === 'string' ? passing.path === path : path.test(passing.path)
      if (!hit || left === 0) return undefined
      left -= 1
      return verdict
    }
  }

  const posts = (path: RegExp) => site.front.passed.filter((it) => it.startsWith('POST ') && path.test(it.slice(5)))
  const ensure = (ctx = testContext(clock)) => ensureCertificate(bench.request, bench.deps, ctx)

  describe('an authority that', () => {
    it('refuses half of all nonces signs in the end', async () => {
      const pebble = await startPebble({ dns: site.world.resolver, refusedNonces: 50 })
      try {
        const authority = { directory: pebble.directory, ca: pebble.ca }
        const request = { ...bench.request, authority, names: [zone, `www.${zone}`, `*.${zone}`] }
        const ctx = testContext()
        const { certificate } = await ensureCertificate(request, bench.deps, ctx)
        expect(certificate?.names).toHaveLength(3)
        expect(ctx.events.some((event) => event.type === 'retry' && event.code === 'badNonce')).toBe(true)
      } finally {
        await pebble.stop()
      }
    })

    it('asks for a moment gets it, and is asked again', async () => {
      site.front.rule = at(
        '/order-plz',
        problem('rateLimited', 'Service busy; retry later.', 503, { 'retry-after': '1' }),
      )
      const ctx = testContext()
      expect(await ensure(ctx)).toMatchObject({ changed: true })
      expect(ctx.events).toContainEqual({ type: 'waiting', for: 'the authority, which asks for it', forMs: 1_000 })
      expect(posts(/order-plz/)).toHaveLength(2)
    })

    it('asks for an hour is left alone for an hour, by everybody, and we say so in one sentence', async () => {
      const said = 'too many certificates already issued for "shop.test"'
      site.front.rule = at('/order-plz', problem('rateLimited', said, 429, { 'retry-after': '3600' }))
      const error = await failureOf(ensure())
      expect(error).toMatchObject({ code: 'rate-limited', fault: 'remote' })
      expect(error.message).toMatch(/^127.* takes no more requests until 20\S+Z: too many certificates already .*\.$/)
      const until = Date.parse(String(error.details.retryAt)) - Date.now()
      expect(Math.round(until / 60_000)).toBe(60)

      const asked = site.front.passed.length
      const again = await failureOf(ensure())
      expect(again).toMatchObject({ code: 'rate-limited', hint: expect.stringContaining(said) })
      const timer = await ensureCertificate({ ...bench.request, unattended: true }, bench.deps, testContext(clock))
      expect(timer).toMatchObject({ changed: false, certificate: undefined })
      expect(timer.nextCheck.toISOString()).toBe(error.details.retryAt)
      expect(site.front.passed).toHaveLength(asked)

      clock.aheadMs = 3_601_000
      expect(await ensure()).toMatchObject({ changed: true })
      expect((await bench.store.diary()).retryAt).toBeUndefined()
    })

    it('is overloaded without saying for how long is asked a few times', async () => {
      site.front.rule = at('/order-plz', { status: 502 }, 2)
      expect(await ensure()).toMatchObject({ changed: true })
      expect(posts(/order-plz/)).toHaveLength(3)
    })

    it.each([
      ['a new order', '/order-plz'],
      ['a completed challenge', /^\/chalZ\//],
      ['the finished order', /^\/finalize-order\//],
      ['the certificate', /^\/certZ\//],
      ['a new account', '/sign-me-up'],
    ])('loses its answer about %s is asked again', async (_, path) => {
      site.front.rule = at(path, 'break')
      expect(await ensure()).toMatchObject({ changed: true })
      expect(await txtAt(site.world)).toEqual([])
      expect(await bench.store.orders()).toEqual([])
    })

    it('does not see the value says which name, and nothing stays behind', async () => {
      const elsewhere = await startKnot([{ name: zone, records: ['@ NS ns1'] }])
      const pebble = await startPebble({ dns: elsewhere })
      try {
        const authority = { directory: pebble.directory, ca: pebble.ca }
        const error = await failureOf(
          ensureCertificate({ ...bench.request, authority }, bench.deps, testContext(clock)),
        )
        expect(error).toMatchObject({ code: 'challenge-failed', fault: 'remote', details: { name: zone } })
        expect(error.message).toMatch(/^The authority does not accept the proof for shop\.test: .*TXT.*\.$/)
        expect(await txtAt(site.world)).toEqual([])
        expect(await bench.store.orders()).toEqual([])
        expect((await bench.store.diary()).failure).toMatchObject({ count: 1, code: 'challenge-failed' })
      } finally {
        await pebble.stop()
        await elsewhere.stop()
      }
    })

    it('gives an order up is asked for a new one, with a new key', async () => {
      const invalid = {
        status: 'invalid',
        error: { type: 'urn:ietf:params:acme:error:serverInternal', detail: 'Broken HSM' },
      }
      site.front.rule = at(/^\/my-order\//, {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: invalid,
      })
      const error = await failureOf(ensure())
      expect(error).toMatchObject({ code: 'order-failed', message: expect.stringContaining('Broken HSM') })
      expect(await bench.store.orders()).toEqual([])
      expect(await ensure()).toMatchObject({ changed: true })
      expect(posts(/order-plz/)).toHaveLength(2)
    })

    it('has lost our account gets to know us again', async () => {
      await ensure()
      site.front.rule = at('/order-plz', problem('accountDoesNotExist', 'unable to find existing account', 400))
      bench.request.force = true
      expect(await ensure()).toMatchObject({ changed: true })
      expect(posts(/sign-me-up/)).toHaveLength(2)
    })

    it('has lost the order gets a new one', async () => {
      site.front.rule = at(/^\/finalize-order\//, problem('serverInternal', 'no', 500))
      await failureOf(ensure())
      const [left] = await bench.store.orders()
      expect(left?.url).toBeDefined()
      site.front.rule = at(/^\/my-order\//, problem('malformed', 'no such order', 404))
      const { certificate } = await ensure()
      expect(certificate?.key.reveal()).not.toBe(left?.key.reveal())
      expect(posts(/order-plz/)).toHaveLength(2)
    })
  })

  describe('CAA records', () => {
    const called = { meta: { caaIdentities: ['pebble.example'] } }

    it('that forbid the authority are found before anything is ordered', async () => {
      site.front.directoryExtras = called
      bench.request.names = [`forbidden.${zone}`, `below.forbidden.${zone}`]
      const error = await failureOf(ensure())
      expect(error).toMatchObject({ code: 'caa-forbids', fault: 'user', hint: expect.stringContaining('dig CAA') })
      expect(error.message).toMatch(
        /^The CAA record of forbidden\.shop\.test does not let 127\S+ sign for forbidden\.shop\.test: it allows only 'other\.example'\.$/,
      )
      expect(posts(/order-plz/)).toEqual([])
      bench.request.names = [`*.below.forbidden.${zone}`]
      expect((await failureOf(ensure())).message).toContain('The CAA record of forbidden.shop.test')
    })

    it('that allow it, and their absence, are no hindrance', async () => {
      site.front.directoryExtras = called
      bench.request.names = [`allowed.${zone}`, `www.allowed.${zone}`, zone]
      expect(await ensure()).toMatchObject({ changed: true })
    })
  })

  describe('the way to the authority:', () => {
    it('nobody is there', async () => {
      bench.request.authority = { ...bench.request.authority, directory: `https://${ownAddress()}:14000/dir` }
      const error = await failureOf(ensure())
      expect(error).toMatchObject({ code: 'authority-unreachable', details: { systemCode: 'ECONNREFUSED' } })
    })

    it('its HTTPS certificate is a stranger’s', async () => {
      bench.request.authority = { directory: site.front.directory }
      expect(await failureOf(ensure())).toMatchObject({
        code: 'authority-untrusted',
        hint: expect.stringContaining('ca'),
      })
    })

    it('a clock that is off is told', async () => {
      clock.aheadMs = 3 * 3_600_000
      const ctx = testContext(clock)
      await ensure(ctx)
      const notes = ctx.events.filter((event) => event.type === 'note')
      expect(notes).toMatchObject([{ level: 'warning', message: expect.stringContaining('one clock is wrong') }])
    })
  })

  it('stops when it is told to, tidies up, and goes on with the same order later', async () => {
    const stop = new AbortController()
    const reason = new Error('stop')
    const provider: DnsProvider = {
      ...site.world.provider,
      async addTxt(name, value, ctx) {
        await site.world.provider.addTxt(name, value, ctx)
        stop.abort(reason)
      },
    }
    const stopped = ensureCertificate(bench.request, { ...bench.deps, provider }, testContext(clock, stop.signal))
    await expect(stopped).rejects.toBe(reason)
    expect(await txtAt(site.world)).toEqual([])
    expect((await bench.store.diary()).failure).toBeUndefined()
    const [left] = await bench.store.orders()
    const { certificate, because } = await ensure()
    expect(because).toBe('an order was under way')
    expect(certificate?.key.reveal()).toBe(left?.key.reveal())
    expect(posts(/order-plz/)).toHaveLength(1)
  })
})
