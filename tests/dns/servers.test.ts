import { afterAll, beforeAll, expect, it } from 'vitest'
import { waitUntilShown } from '../../provisioners/dns/authoritative.ts'
import { challengeName } from '../../provisioners/dns/delegation.ts'
import type { Endpoint } from '../../provisioners/dns/query/endpoint.ts'
import { authorityOf } from '../../provisioners/dns/query/servers.ts'
import { testContext } from './context.ts'
import { describeServers } from './describe-servers.ts'
import { type Knot, type KnotZone, startKnot } from './knot.ts'
import { ownAddress } from './process.ts'
import { startUnbound } from './unbound.ts'

describeServers('finding servers', () => {
  /**
   * A small world: a root, `test`, a shop with two servers, and a zone for challenges elsewhere. Servers that are found
   * by delegation listen on port 53, each on a loopback address of its own.
   */
  const at = { root: ownAddress(), tld: ownAddress(), shop: ownAddress(), second: ownAddress(), gone: ownAddress() }
  const knots: Knot[] = []
  let resolver: Endpoint & { stop(): Promise<void> }

  const shop: KnotZone = {
    name: 'shop.test',
    records: [
      // What the zone says of itself is not what its parent says: one server too few, and one that is long gone.
      '@ NS ns1',
      '@ NS old',
      `ns1 A ${at.shop}`,
      `old A ${at.gone}`,
      'www CNAME shop.test.',
      '_acme-challenge CNAME shop.challenges.elsewhere.test.',
      '_acme-challenge.loop CNAME a.loop',
      'a.loop CNAME _acme-challenge.loop',
      '*.wild TXT any',
    ],
  }

  beforeAll(async () => {
    const root = ['@ NS ns', `ns A ${at.root}`, 'test NS ns.test.', `ns.test. A ${at.tld}`]
    const tld = [
      '@ NS ns',
      `ns A ${at.tld}`,
      ...['shop', 'elsewhere'].flatMap((it) => [`${it} NS ns1.shop.test.`, `${it} NS ns2.shop.test.`]),
      `ns1.shop A ${at.shop}`,
      `ns2.shop A ${at.second}`,
    ]
    const elsewhere: KnotZone = {
      name: 'elsewhere.test',
      records: ['@ NS ns1.shop.test.', 'shop.challenges TXT there'],
    }
    const start = async (address: string, zones: readonly KnotZone[]) =>
      knots.push(await startKnot(zones, { address, port: 53 }))
    await start(at.root, [{ name: '', records: root }])
    await start(at.tld, [{ name: 'test', records: tld }])
    const second = { ...shop, records: [...(shop.records ?? []), `ns2 A ${at.second}`] }
    for (const address of [at.shop, at.second]) await start(address, [second, elsewhere])
    resolver = await startUnbound({ '': at.root })
  })

  afterAll(async () => {
    await resolver?.stop()
    for (const knot of knots) await knot.stop()
  })

  const view = () => ({ resolvers: [resolver] })

  it('takes the servers that the parent names, not those that the zone names', async () => {
    for (const name of ['shop.test', 'www.shop.test', '_acme-challenge.shop.test', 'not.there.shop.test']) {
      const { zone, servers } = await authorityOf(name, view(), testContext())
      expect(zone).toBe('shop.test')
      const found = servers.map(({ name, address }) => `${name} ${address}`).sort()
      expect(found).toEqual([`ns1.shop.test ${at.shop}`, `ns2.shop.test ${at.second}`])
    }
  })

  it('finds the zone of a top level domain, and the root', async () => {
    expect((await authorityOf('test', view(), testContext())).servers).toMatchObject([{ name: 'ns.test' }])
    expect((await authorityOf('nothing-of-ours', view(), testContext())).zone).toBe('')
  })

  it('follows a delegated challenge into its zone', async () => {
    const ctx = testContext()
    expect(await challengeName('shop.test', view(), ctx)).toBe('shop.challenges.elsewhere.test')
    expect(await challengeName('*.shop.test', view(), ctx)).toBe('shop.challenges.elsewhere.test')
    expect(await challengeName('www.shop.test', view(), ctx)).toBe('_acme-challenge.www.shop.test')
    const expected = [{ name: 'shop.challenges.elsewhere.test', type: 'TXT', values: ['there'] }] as const
    await waitUntilShown(expected, view(), 5_000, ctx)
  })

  it('does not follow a circle for ever', async () => {
    await expect(challengeName('loop.shop.test', view(), testContext())).rejects.toMatchObject({ code: 'cname-loop' })
  })

  it('says when no resolver can be asked', async () => {
    const nobody = { resolvers: [{ address: at.gone, port: 5398 }] }
    await expect(authorityOf('shop.test', nobody, testContext())).rejects.toMatchObject({ code: 'dns-silent' })
    const none = authorityOf('shop.test', { resolvers: [] }, testContext())
    await expect(none).rejects.toMatchObject({
      code: 'zone-not-found',
      message: expect.stringContaining('no resolver'),
    })
  })
})
