import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiDomain, isLocalName, localName } from './domain.ts'

test.each([
  ['proyecto2.online', 'proyecto2.online'],
  ['WWW.Proyecto2.Online.', 'www.proyecto2.online'],
  ['librería.es', 'xn--librera-dza.es'],
  ['localhost', 'localhost'],
])('%s is %s', (text, ascii) => {
  expect(asciiDomain(text)).toBe(ascii)
})

test.each([
  '',
  '.',
  'a..b',
  'a b.com',
  'https://a.com',
  'a.com:8443',
  'a@b.com',
  '127.0.0.1',
  '[::1]',
  '-a.com',
  'a-.com',
  '*.a.com',
  `${'a'.repeat(64)}.com`,
  `${'a.'.repeat(130)}com`,
  'a.%63om',
])('%j is no domain', (text) => {
  expect(asciiDomain(text)).toBeUndefined()
})

test.each([
  ['bookstore.localhost', 'bookstore.localhost'],
  ['localhost', 'localhost'],
  ['proyecto2.online', 'proyecto2-online.localhost'],
  ['www.proyecto2.online', 'www-proyecto2-online.localhost'],
])('%s is previewed as %s', (domain, local) => {
  expect(localName(domain)).toBe(local)
})

test('any domain has a local name that is a domain', () => {
  fc.assert(
    fc.property(fc.domain(), (domain) => {
      const local = localName(domain)
      expect(isLocalName(local)).toBe(true)
      expect(asciiDomain(local)).toBe(local)
    }),
  )
})
