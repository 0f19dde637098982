import { describe, expect, it } from 'vitest'
import { addressSchema } from './address.ts'
import { deliveryProviders, priceOf, serves } from './delivery-provider.ts'
import { orderNumber } from './order.ts'

const address = { name: 'A', street: 'B', city: 'C', region: '', postalCode: '', country: 'ES' }

describe('an address', () => {
  it('has its spaces trimmed and may lack a region and a postal code', () => {
    expect(addressSchema.parse({ ...address, name: '  Ana ' })).toEqual({ ...address, name: 'Ana' })
  })

  it.each(['es', 'ESP', 'XX', 'UK', '', 'EU'])('is in no country %j', (country) => {
    expect(addressSchema.safeParse({ ...address, country }).success).toBe(false)
  })

  it('is in one of the 249 countries', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const codes = letters.flatMap((first) => letters.map((second) => first + second))
    expect(codes.filter((country) => addressSchema.safeParse({ ...address, country }).success)).toHaveLength(249)
  })
})

describe('a courier', () => {
  it('goes everywhere, or to countries that exist', () => {
    for (const { coverage } of deliveryProviders.filter((provider) => provider.coverage !== 'worldwide'))
      for (const country of coverage) expect(addressSchema.safeParse({ ...address, country }).success).toBe(true)
    expect(deliveryProviders.some((provider) => serves(provider, 'AQ'))).toBe(true)
  })

  it.each([
    ['USD', 490],
    ['JPY', 5],
    ['KWD', 4900],
  ])('is paid in minor units of %s', (currency, amount) => {
    const provider = { id: 'x', name: 'X', coverage: 'worldwide', hundredths: 490, days: 1 } as const
    expect(priceOf(provider, currency)).toEqual({ amount, currency })
  })
})

it('gives orders numbers that can be read out', () => {
  for (let n = 0; n < 100; n++) expect(orderNumber()).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
})
