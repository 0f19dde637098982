import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProvider } from '../../provisioners/dns/create-provider.ts'
import { testContext } from './context.ts'
import { describeServers } from './describe-servers.ts'
import { type Knot, startKnot } from './knot.ts'

describeServers('manual', () => {
  let knot: Knot

  beforeAll(async () => {
    knot = await startKnot([{ name: 'shop.example', records: ['@ NS ns1', 'www A 192.0.2.1'] }])
  })

  afterAll(() => knot?.stop())

  function provider(port = knot.port) {
    const dead = { name: 'ns0.shop.example', address: knot.address, port: 5399 }
    const server = { name: 'ns1.shop.example', address: knot.address, port }
    return createProvider({ provider: 'manual' }, {}, { zones: { 'shop.example': [dead, server] } })
  }

  it('tells a person what to do, and makes nothing', async () => {
    const manual = await provider()
    const ctx = testContext()
    expect(manual.byHand).toBe(true)
    await manual.addTxt('_acme-challenge.Shop.example', 'one', ctx)
    await manual.removeTxt('_acme-challenge.shop.example', 'one', ctx)
    await manual.setAddresses('shop.example', 'A', ['192.0.2.1', '192.0.2.2'], ctx)
    await manual.setAddresses('shop.example', 'AAAA', [], ctx)
    expect(ctx.events.map((event) => event.type === 'note' && event.message)).toEqual([
      'Make this DNS record: _acme-challenge.shop.example TXT "one"',
      'No longer needed: the DNS record _acme-challenge.shop.example TXT "one"',
      'Make this DNS record: shop.example A 192.0.2.1, 192.0.2.2',
      'No longer needed: the DNS records shop.example AAAA',
    ])
  })

  it('sees what stands there', async () => {
    const manual = await provider()
    expect(await manual.findZone('www.shop.example', testContext())).toBe('shop.example')
    expect(await manual.addresses('www.shop.example', 'A', testContext())).toEqual(['192.0.2.1'])
    expect(await manual.addresses('www.shop.example', 'AAAA', testContext())).toEqual([])
    const nobody = (await provider(5398)).addresses('www.shop.example', 'A', testContext())
    await expect(nobody).rejects.toMatchObject({ code: 'dns-silent' })
  })
})
