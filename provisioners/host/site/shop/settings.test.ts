import { expect, it } from 'vitest'
import { differencesOf, shopSchema } from './settings.ts'

const given = {
  release: '0123456789abcdef',
  url: 'https://shop.test',
  currency: 'EUR',
  shop: {
    name: 'Shop',
    tagline: { es: '', en: '' },
    accent: '#7a1f2b',
    languages: ['es'],
    legal: { es: '', en: '' },
    catalogue: 'classics',
  },
  instances: 1,
  heapMb: 96,
}

it('compares all that processes are told, and not how long one waits for them', () => {
  const one = shopSchema.parse(given)
  expect(differencesOf(one, shopSchema.parse(JSON.parse(JSON.stringify(one))))).toEqual([])
  expect(differencesOf({ ...one, readySeconds: 5 }, one)).toEqual([])
  expect(differencesOf({ ...one, release: 'f', heapMb: 128 }, one)).toEqual(['release', 'heapMb'])
  const contact = shopSchema.parse({ ...given, shop: { ...given.shop, contact: 'help@shop.test' } })
  expect(differencesOf(contact, one)).toEqual(['shop'])
})

it('takes no release id that leads out of the folder of releases', () => {
  expect(shopSchema.safeParse({ ...given, release: '../../etc' }).success).toBe(false)
  expect(shopSchema.safeParse({ ...given, release: '..' }).success).toBe(false)
})
