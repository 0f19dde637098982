import type { LookupAddress, LookupOptions } from 'node:dns'
import { expect, test } from 'vitest'
import { isLocalName, lookupVia } from './lookup.ts'

const look = (name: string, options: LookupOptions) =>
  new Promise<string | LookupAddress[]>((resolve, reject) => {
    lookupVia(undefined)(name, options, (error, found) => (error ? reject(error) : resolve(found)))
  })

test.each(['localhost', 'bookstore.localhost', 'a.b.LOCALHOST', 'shop.localhost.'])(
  '%s is this computer',
  async (name) => {
    expect(isLocalName(name)).toBe(true)
    const both = [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]
    expect(await look(name, { all: true })).toEqual(both)
    expect(await look(name, { all: true, family: 6 })).toEqual(both.slice(1))
    expect(await look(name, { family: 'IPv4' })).toBe('127.0.0.1')
    expect(await look(name, {})).toBe('127.0.0.1')
  },
)

test.each(['notlocalhost', 'localhost.example', 'example.com'])('%s is not', (name) => {
  expect(isLocalName(name)).toBe(false)
})

test('takes every name for the address that it is told', async () => {
  const found = await new Promise((resolve, reject) => {
    lookupVia('203.0.113.7')('shop.example', { all: true }, (error, all) => (error ? reject(error) : resolve(all)))
  })
  expect(found).toEqual([{ address: '203.0.113.7', family: 4 }])
})
