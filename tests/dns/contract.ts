import { describe, expect, it } from 'vitest'
import type { AddressType, DnsProvider } from '../../provisioners/dns/provider.ts'
import { testContext } from './context.ts'

export interface Subject {
  provider: DnsProvider
  /** What stands there, asked without our code, sorted. */
  shown(name: string, type: 'TXT' | AddressType): Promise<string[]> | string[]
}

/** What every provider that writes by itself has to do; its zone is `shop.example`. */
export function providerContract(title: string, make: () => Promise<Subject>): void {
  describe(`${title} keeps the contract of providers:`, () => {
    it('values are added beside others, once each, and removed one by one', async () => {
      const { provider, shown } = await make()
      const ctx = testContext()
      const name = '_acme-challenge.shop.example'
      await provider.addTxt(name, 'one', ctx)
      await provider.addTxt(`${name.toUpperCase()}.`, 'two', ctx)
      await provider.addTxt(name, 'two', ctx)
      expect(await shown(name, 'TXT')).toEqual(['one', 'two'])
      await provider.removeTxt(name, 'one', ctx)
      await provider.removeTxt(name, 'one', ctx)
      expect(await shown(name, 'TXT')).toEqual(['two'])
      await provider.removeTxt(name, 'two', ctx)
      expect(await shown(name, 'TXT')).toEqual([])
      await provider.removeTxt(name, 'two', ctx)
    })

    it('of many values at one name, added and removed at once, none is lost', async () => {
      const { provider, shown } = await make()
      const values = Array.from({ length: 8 }, (_, index) => `value-${index}`)
      await Promise.all(values.map((value) => provider.addTxt('many.shop.example', value, testContext())))
      expect(await shown('many.shop.example', 'TXT')).toEqual(values)
      const odd = values.filter((_, index) => index % 2 === 1)
      await Promise.all(odd.map((value) => provider.removeTxt('many.shop.example', value, testContext())))
      expect(await shown('many.shop.example', 'TXT')).toEqual(values.filter((value) => !odd.includes(value)))
    })

    it.each(['shop.example', 'www.shop.example', '*.shop.example'])('addresses of %s', async (name) => {
      const { provider, shown } = await make()
      const ctx = testContext()
      expect(await provider.addresses(name, 'A', ctx)).toEqual([])
      await provider.setAddresses(name, 'A', ['192.0.2.7', '192.0.2.8'], ctx)
      await provider.setAddresses(name, 'AAAA', ['2001:DB8:0::7'], ctx)
      await provider.setAddresses(name, 'A', ['192.0.2.9', '192.0.2.8'], ctx)
      await provider.setAddresses(name, 'A', ['192.0.2.8', '192.0.2.9'], ctx)
      expect((await provider.addresses(name, 'A', ctx)).toSorted()).toEqual(['192.0.2.8', '192.0.2.9'])
      expect(await provider.addresses(name, 'AAAA', ctx)).toEqual(['2001:db8::7'])
      await provider.setAddresses(name, 'A', [], ctx)
      await provider.setAddresses(name, 'A', [], ctx)
      expect(await shown(name, 'A')).toEqual([])
      expect(await shown(name, 'AAAA')).toEqual(['2001:db8::7'])
    })

    it('the zone of a name is found', async () => {
      const { provider } = await make()
      expect(await provider.findZone('_acme-challenge.a.b.Shop.example.', testContext())).toBe('shop.example')
      await expect(provider.findZone('other.example', testContext())).rejects.toMatchObject({ code: 'zone-not-found' })
    })
  })
}
