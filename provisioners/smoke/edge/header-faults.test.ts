import { expect, test } from 'vitest'
import { headerFaults } from './header-faults.ts'

const good = {
  'strict-transport-security': 'max-age=300',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'",
  'set-cookie': ['__Host-cart=x; Path=/; Secure; HttpOnly; SameSite=Lax'],
}

test('headers as they should be', () => {
  expect(headerFaults(good, 300)).toEqual([])
})

test.each([
  [{ 'strict-transport-security': '' }, /Strict-Transport-Security is missing/],
  [{ 'strict-transport-security': 'max-age=299; includeSubDomains' }, /lasts 299 s, and 300 s is the least/],
  [{ 'content-security-policy': '' }, /Content-Security-Policy is missing/],
  [{ 'content-security-policy': "script-src 'self'; frame-ancestors 'none'" }, /no default-src/],
  [
    { 'content-security-policy': "default-src 'self'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'" },
    /'unsafe-inline' in script-src/,
  ],
  [
    { 'content-security-policy': "default-src 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'" },
    /'unsafe-inline' in style-src/,
  ],
  [{ 'content-security-policy': "default-src 'self'; script-src *; frame-ancestors 'none'" }, /\* in script-src/],
  [{ 'content-security-policy': "default-src 'none'" }, /who may frame/],
  [
    {
      'content-security-policy':
        "default-src 'none'; script-src 'unsafe-eval'; script-src 'self'; frame-ancestors 'none'",
    },
    /'unsafe-eval'/,
  ],
  [{ 'x-content-type-options': 'sniff' }, /nosniff/],
  [{ 'referrer-policy': 'no-referrer, unsafe-url' }, /unsafe-url/],
  [{ 'cross-origin-opener-policy': 'unsafe-none' }, /Opener/],
  [{ server: 'nginx/1.25.4' }, /nginx\/1\.25\.4/],
  [{ 'x-powered-by': 'Koa' }, /Koa/],
  [{ 'set-cookie': ['session=abc; Secure; HttpOnly; SameSite=Lax'] }, /cookie session is not a __Host- cookie/],
  [{ 'set-cookie': ['__Host-a=hidden; Secure; Path=/'] }, /__Host-a lacks HttpOnly and SameSite/],
])('%j', (changed, sentence) => {
  const faults = headerFaults({ ...good, ...changed }, 300)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(sentence)
  expect(faults[0]).not.toContain('hidden')
})
