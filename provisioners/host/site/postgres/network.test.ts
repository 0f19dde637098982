import { expect, it } from 'vitest'
import { databaseNetwork, requireOwn } from './network.ts'

it('names the addresses that the machine has when it is to listen on another one', () => {
  expect(() => requireOwn('127.0.0.1')).not.toThrow()
  // RFC 5737: nobody has it.
  const refused = expect(() => requireOwn('192.0.2.1'))
  refused.toThrow(expect.objectContaining({ code: 'address-elsewhere', hint: expect.stringContaining('127.0.0.1') }))
})

it('is for addresses alone, and for somebody', () => {
  const good = { address: '10.0.0.8', from: ['fd00::7'] }
  expect(databaseNetwork.parse(good)).toEqual(good)
  for (const bad of [
    { ...good, from: [] },
    { ...good, from: ['all'] },
    { ...good, address: "10.0.0.8', ssl = off" },
  ]) {
    expect(databaseNetwork.safeParse(bad).success).toBe(false)
  }
})
