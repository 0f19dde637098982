import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waitUntilShown } from '../../provisioners/dns/authoritative.ts'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import type { DnsProvider } from '../../provisioners/dns/provider.ts'
import type { DnsView } from '../../provisioners/dns/query/view.ts'
import { dnsSecretsFrom } from '../../provisioners/dns/settings.ts'
import { testContext } from './context.ts'
import { describeServers } from './describe-servers.ts'
import { type Knot, newKey, startKnot } from './knot.ts'
import { ownAddress } from './process.ts'

describeServers('the authoritative servers', () => {
  const key = newKey('all.key')
  let primary: Knot
  let secondary: Knot
  let provider: DnsProvider
  let view: DnsView
  let name: string

  beforeAll(async () => {
    const follower = ownAddress()
    primary = await startKnot([{ name: 'shop.test', records: ['@ NS ns1'], secondaries: [follower] }], { keys: [key] })
    secondary = await startKnot([{ name: 'shop.test', primary }], { address: follower })
    await secondary.refresh('shop.test')
    const settings = { provider: 'rfc2136', server: primary.address, port: primary.port, key: key.name } as const
    provider = await createProvider(settings, dnsSecretsFrom('rfc2136', { BOOKSTORE_DNS_TSIG_SECRET: key.secret }))
    view = { zones: { 'shop.test': [server('ns1.shop.test', primary), server('ns2.shop.test', secondary)] } }
  })

  afterAll(async () => {
    await secondary?.stop()
    await primary?.stop()
  })

  beforeEach(() => {
    name = `name-${Math.random().toString(36).slice(2)}.shop.test`
  })

  function server(name: string, { address, port }: Knot) {
    return { name, address, port }
  }

  const txt = (...values: string[]) => [{ name, type: 'TXT', values }] as const

  describe('waiting for the authoritative servers', () => {
    it('ends when the last of them shows all values', async () => {
      const ctx = testContext()
      await provider.addTxt(name, 'one', ctx)
      await provider.addTxt(name, 'two', ctx)
      const waiting = waitUntilShown(txt('one', 'two'), view, 60_000, ctx)
      await expect.poll(() => ctx.events.filter(({ type }) => type === 'waiting'), { timeout: 20_000 }).toHaveLength(1)
      expect(ctx.events).toContainEqual(expect.objectContaining({ for: 'ns2.shop.test to show the record' }))
      await secondary.refresh('shop.test')
      await waiting
    })

    it('fails after its time with the name of the one that lags, and what it shows', async () => {
      const ctx = testContext()
      await provider.addTxt(name, 'one', ctx)
      await secondary.refresh('shop.test')
      await waitUntilShown(txt('one'), view, 60_000, ctx)
      await provider.addTxt(name, 'two', ctx)
      const failing = waitUntilShown(txt('one', 'two'), view, 1_000, ctx)
      await expect(failing).rejects.toMatchObject({
        code: 'dns-not-shown',
        message: expect.stringMatching(
          /TXT of name-.* after 1 s: ns2\.shop\.test \(127\..*:5300\) shows 1 of 2 values\.$/,
        ),
      })
    })

    it('looks at every type of record that we make', async () => {
      const ctx = testContext()
      await provider.setAddresses(name, 'AAAA', ['2001:db8::1'], ctx)
      await secondary.refresh('shop.test')
      await waitUntilShown([{ name, type: 'AAAA', values: ['2001:db8::1'] }], view, 60_000, ctx)
    })

    it('takes a server that does not answer, or not for the zone, for one that lags', async () => {
      const stranger = await startKnot([{ name: 'other.test' }])
      try {
        const servers = [server('ns1.shop.test', primary), server('ns3.shop.test', stranger)]
        const dead = { name: 'ns4.shop.test', address: stranger.address, port: 5399 }
        const ctx = testContext()
        await provider.addTxt(name, 'one', ctx)
        const failing = waitUntilShown(txt('one'), { zones: { 'shop.test': [...servers, dead] } }, 500, ctx)
        const message = await failing.then(String, String)
        expect(message).toContain('ns3.shop.test')
        expect(message).toContain('answers REFUSED')
        expect(message).toContain(`ns4.shop.test (${stranger.address}:5399) does not answer`)
        expect(message).not.toContain('ns1')
      } finally {
        await stranger.stop()
      }
    })

    it('stops at once when it is told to', async () => {
      const stop = new AbortController()
      const reason = new Error('stop')
      const waiting = waitUntilShown(txt('never'), view, 60_000, testContext(undefined, stop.signal))
      stop.abort(reason)
      await expect(waiting).rejects.toBe(reason)
    })
  })
})
