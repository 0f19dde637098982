import { describe, expect, it } from 'vitest'
import { isSameOrigin } from './origin.ts'

const site = 'https://shop.example'

describe('a form is ours', () => {
  it.each([
    [{ origin: site }],
    [{ origin: site, 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ referer: `${site}/es/cart?x=1` }],
  ])('with %j', (headers) => {
    expect(isSameOrigin(headers, site)).toBe(true)
  })

  it.each([
    [{}],
    [{ origin: 'null' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://shop.example' }],
    [{ origin: 'https://shop.example:444' }],
    [{ origin: 'https://shop.example.evil.example' }],
    [{ origin: site, 'sec-fetch-site': 'cross-site' }],
    [{ origin: site, 'sec-fetch-site': ['same-origin', 'cross-site'] }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ referer: 'https://shop.example.evil.example/' }],
    [{ referer: 'not an address' }],
    [{ origin: '', referer: `${site}/` }],
  ])('and not with %j', (headers) => {
    expect(isSameOrigin(headers, site)).toBe(false)
  })
})
