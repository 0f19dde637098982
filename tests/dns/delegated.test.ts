import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import { checkDelegation } from '../../provisioners/dns/delegated.ts'
import type { DnsProvider } from '../../provisioners/dns/provider.ts'
import type { Endpoint } from '../../provisioners/dns/query/endpoint.ts'
import { testContext } from './context.ts'
import { describeServers } from './describe-servers.ts'
import { type Knot, type KnotZone, startKnot } from './knot.ts'
import { ownAddress } from './process.ts'
import { startUnbound } from './unbound.ts'

describeServers('whether a zone is delegated', () => {
  /** A root, `test`, and a server of shops, which one of the shops does not have. */
  const at = { root: ownAddress(), tld: ownAddress(), shop: ownAddress() }
  const knots: Knot[] = []
  let resolver: Endpoint & { stop(): Promise<void> }
  let byHand: DnsProvider

  beforeAll(async () => {
    const root = ['@ NS ns', `ns A ${at.root}`, 'test NS ns.test.', `ns.test. A ${at.tld}`]
    const shops = ['shop', 'lame'].map((it) => `${it} NS ns1.shop.test.`)
    const tld = ['@ NS ns', `ns A ${at.tld}`, ...shops, `ns1.shop A ${at.shop}`]
    const shop: KnotZone = { name: 'shop.test', records: ['@ NS ns1', `ns1 A ${at.shop}`] }
    const start = async (address: string, zones: readonly KnotZone[]) =>
      knots.push(await startKnot(zones, { address, port: 53 }))
    await start(at.root, [{ name: '', records: root }])
    await start(at.tld, [{ name: 'test', records: tld }])
    await start(at.shop, [shop])
    resolver = await startUnbound({ '': at.root })
    byHand = await createProvider({ provider: 'manual' }, {})
  })

  afterAll(async () => {
    await resolver?.stop()
    for (const knot of knots) await knot.stop()
  })

  const view = () => ({ resolvers: [resolver] })
  /** A provider that keeps a zone, and says who serves it there. */
  const keeping = (zone: string, ...servers: string[]): DnsProvider => ({
    ...byHand,
    ...{ name: 'elsewhere', byHand: false },
    findZone: async () => zone,
    nameServers: async () => servers,
  })
  const check = (name: string, provider = byHand) => checkDelegation(name, provider, view(), testContext())

  it('takes one that is served where the parent says', async () => {
    const found = { zone: 'shop.test', servers: ['ns1.shop.test'] }
    expect(await check('shop.test')).toEqual(found)
    expect(await check('www.Shop.test')).toEqual(found)
    expect(await check('shop.test', keeping('shop.test', 'NS1.shop.test.'))).toEqual(found)
  })

  it('names the servers that a domain would need which nobody has delegated', async () => {
    await expect(check('nobody.test')).rejects.toMatchObject({
      code: 'not-delegated',
      message: 'nobody.test is not delegated: test knows no name servers of it.',
    })
    await expect(check('nobody.test', keeping('nobody.test', 'ns7.aws.test'))).rejects.toMatchObject({
      hint: 'Set these name servers at the registrar: ns7.aws.test',
    })
  })

  it('tells a zone that the world finds elsewhere', async () => {
    await expect(check('shop.test', keeping('shop.test', 'ns7.aws.test', 'ns8.aws.test'))).rejects.toMatchObject({
      code: 'not-delegated',
      message:
        'shop.test is delegated to ns1.shop.test; the zone at elsewhere is served by ns7.aws.test, ns8.aws.test.',
      hint: expect.stringContaining('ns7.aws.test, ns8.aws.test'),
    })
  })

  it('tells servers that do not serve the zone', async () => {
    await expect(check('lame.test')).rejects.toMatchObject({
      code: expect.stringMatching(/^(not-delegated|dns-answer)$/),
      message: expect.stringContaining('lame.test'),
    })
  })
})
