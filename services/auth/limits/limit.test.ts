import { describe, expect, it } from 'vitest'
import { counter, networkOf } from './limit.ts'

describe('the network of an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['unix', 'unix'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('a counter', () => {
  const limit = { name: 'login', most: 3, seconds: 60 }

  it('belongs to one kind and one who, and names neither', () => {
    expect(counter(limit, 'ana@example.com', '::1').key).toBe(counter(limit, 'ana@example.com', '::1').key)
    expect(counter(limit, 'ana@example.com', '::1').key).not.toBe(counter(limit, 'ana@example.com::1').key)
    expect(counter(limit, 'a').key).not.toBe(counter({ ...limit, name: 'register' }, 'a').key)
    expect(counter(limit, 'ana@example.com').key).not.toContain('ana')
  })
})
