import { expect, it } from 'vitest'
import { BookstoreError } from '../engine/errors.ts'
import { isWithin, parentOf, plainName, relativeTo, upwards } from './names.ts'
import { parseEndpoint } from './query/view.ts'
import { dnsSecretsFrom } from './settings.ts'
import { zoneCandidates } from './zones.ts'

it('has one spelling for each name', () => {
  expect(plainName('WWW.Example.COM.')).toBe('www.example.com')
  expect(plainName('_acme-challenge.año.example')).toBe('_acme-challenge.xn--ao-zja.example')
  expect(plainName('*.example.com')).toBe('*.example.com')
  expect(plainName('.')).toBe('')
  for (const bad of ['a..b', '.a', `${'x'.repeat(64)}.test`, Array(130).fill('ab').join('.')]) {
    expect(() => plainName(bad), bad).toThrow(BookstoreError)
  }
})

it('knows what is above and below', () => {
  expect(upwards('a.b.c')).toEqual(['a.b.c', 'b.c', 'c', ''])
  expect([parentOf('a.b'), parentOf('b'), parentOf('')]).toEqual(['b', '', undefined])
  expect([isWithin('a.b', 'b'), isWithin('ab', 'b'), isWithin('a', ''), isWithin('b', 'b')]).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect([relativeTo('a.b.c', 'b.c'), relativeTo('b.c', 'b.c'), relativeTo('b.c', '')]).toEqual(['a', '', 'b.c'])
  expect(zoneCandidates('_acme-challenge.www.shop.test')).toEqual(['www.shop.test', 'shop.test'])
})

it('reads where a server is', () => {
  expect(parseEndpoint('192.0.2.1')).toEqual({ address: '192.0.2.1', port: 53 })
  expect(parseEndpoint('192.0.2.1:5300')).toEqual({ address: '192.0.2.1', port: 5300 })
  expect(parseEndpoint('2001:db8::1')).toEqual({ address: '2001:db8::1', port: 53 })
  expect(parseEndpoint('[2001:db8::1]:5300')).toEqual({ address: '2001:db8::1', port: 5300 })
})

it('names the variables that are missing, and none that is there', () => {
  expect(() => dnsSecretsFrom('godaddy', { GODADDY_API_KEY: 'sentinel' })).toThrow(
    expect.objectContaining({
      code: 'dns-secret-missing',
      status: 78,
      message: 'The DNS provider godaddy needs GODADDY_API_SECRET, which is not set.',
    }),
  )
  expect(() => dnsSecretsFrom('cloudflare', { CLOUDFLARE_API_TOKEN: ' ' })).toThrow(/CLOUDFLARE_API_TOKEN/)
  expect(dnsSecretsFrom('route53', {})).toEqual({})
  const { CLOUDFLARE_API_TOKEN: token } = dnsSecretsFrom('cloudflare', { CLOUDFLARE_API_TOKEN: ' sentinel\n' })
  expect([String(token), token?.reveal()]).toEqual(['••••••', 'sentinel'])
})
