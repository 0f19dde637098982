import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureCertificate } from '../../provisioners/certificates/acme/index.ts'
import type { DnsProvider } from '../../provisioners/dns/provider.ts'
import { testContext } from '../dns/context.ts'
import { describeServers } from '../dns/describe-servers.ts'
import { newKey, startKnot } from '../dns/knot.ts'
import { ownAddress } from '../dns/process.ts'
import { behindFront } from './behind-front.ts'
import { type Bench, failureOf, newBench, rfc2136, txtAt, watched, zone } from './world.ts'

describeServers('name servers on a bad day', () => {
  const site = behindFront()
  let bench: Bench

  beforeEach(async () => {
    site.front.passed.length = 0
    site.front.rule = () => undefined
    bench = await newBench(site.world, site.front)
  })

  afterEach(() => bench.remove())

  const posts = (path: RegExp) => site.front.passed.filter((it) => it.startsWith('POST ') && path.test(it.slice(5)))
  const ensure = (ctx = testContext()) => ensureCertificate(bench.request, bench.deps, ctx)

  it('have the authority wait: it is not told to look before the slowest of them shows the value', async () => {
    const address = ownAddress()
    const primary = await startKnot([{ name: zone, records: ['@ NS ns1'], secondaries: [address] }], {
      keys: [site.world.key],
    })
    const second = await startKnot([{ name: zone, primary }], { address })
    try {
      await second.refresh(zone)
      const servers = [primary, second].map((it, index) => ({
        name: `ns${index + 1}`,
        address: it.address,
        port: it.port,
      }))
      const view = { zones: { [zone]: servers } }
      const provider = await rfc2136(primary, site.world.key)
      const ctx = testContext()
      let look: string[] = []
      const deps = { ...bench.deps, view, provider: mirroredTo(site.world.provider, provider) }
      const issuing = ensureCertificate(bench.request, deps, ctx)
      await expect
        .poll(() => ctx.events.filter((event) => event.type === 'waiting').map((event) => event.for), {
          timeout: 60_000,
        })
        .toEqual(['ns2 to show the record'])
      look = posts(/^\/chalZ\//)
      await second.refresh(zone)
      expect((await issuing).changed).toBe(true)
      expect([look.length, posts(/^\/chalZ\//).length]).toEqual([0, 1])
    } finally {
      await second.stop()
      await primary.stop()
    }
  })

  it('of which one never follows: it is named, and what was written is taken back', async () => {
    const lazy = await startKnot([{ name: zone, records: ['@ NS ns1'] }])
    try {
      const [known = []] = Object.values(site.world.view.zones ?? {})
      const view = {
        zones: { [zone]: [...known, { name: 'ns9.shop.test', address: lazy.address, port: lazy.port }] },
      }
      const seen: string[] = []
      const provider = { ...watched(site.world.provider, seen), patienceMs: 1_000 }
      const error = await failureOf(ensureCertificate(bench.request, { ...bench.deps, view, provider }, testContext()))
      expect(error).toMatchObject({ code: 'dns-not-shown', details: { servers: ['ns9.shop.test'] } })
      expect(await txtAt(site.world)).toEqual([])
      expect(seen).toHaveLength(2)
      // The order is good still, and gone on with.
      const [left] = await bench.store.orders()
      const { certificate } = await ensure()
      expect(certificate?.key.reveal()).toBe(left?.key.reveal())
      expect(posts(/order-plz/)).toHaveLength(1)
    } finally {
      await lazy.stop()
    }
  })

  it('a wrong TSIG key is one sentence', async () => {
    const wrong = { ...site.world.key, secret: newKey('x').secret }
    const error = await failureOf(
      ensureCertificate(
        bench.request,
        { ...bench.deps, provider: await rfc2136(site.world.knot, wrong) },
        testContext(),
      ),
    )
    expect(error).toMatchObject({ code: 'dns-refused', hint: expect.stringContaining('BOOKSTORE_DNS_TSIG_SECRET') })
  })

  it('a value that cannot be removed is told, and removed by the next run', async () => {
    const stubborn: DnsProvider = {
      ...site.world.provider,
      removeTxt: () => Promise.reject(new Error('the interface is closed')),
    }
    const ctx = testContext()
    await ensureCertificate(bench.request, { ...bench.deps, provider: stubborn }, ctx)
    expect(ctx.events).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: 'A TXT value stays at _acme-challenge.shop.test: the interface is closed',
      }),
    )
    expect(await txtAt(site.world)).toHaveLength(1)
    expect(await ensure()).toMatchObject({ changed: false })
    expect(await txtAt(site.world)).toEqual([])
    expect(await bench.store.orders()).toEqual([])
  })

  it('a provider that needs a person is not bothered by a timer', async () => {
    const provider = { ...site.world.provider, byHand: true }
    const request = { ...bench.request, unattended: true }
    const error = await failureOf(ensureCertificate(request, { ...bench.deps, provider }, testContext()))
    expect(error).toMatchObject({ code: 'by-hand', hint: expect.stringContaining('cert renew') })
    expect(site.front.passed).toEqual([])
  })

  /** Writes at two places: where the authority looks, and where we do. */
  function mirroredTo(one: DnsProvider, other: DnsProvider): DnsProvider {
    return {
      ...other,
      async addTxt(name, value, ctx) {
        await one.addTxt(name, value, ctx)
        await other.addTxt(name, value, ctx)
      },
      async removeTxt(name, value, ctx) {
        await one.removeTxt(name, value, ctx)
        await other.removeTxt(name, value, ctx)
      },
    }
  }
})
