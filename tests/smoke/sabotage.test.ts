import { describe, expect, test } from 'vitest'
import type { SmokeReport } from '../../provisioners/smoke/index.ts'
import { runSmoke } from '../../provisioners/smoke/index.ts'
import { checkFake, quiet, withEdge } from './check.ts'
import type { Inquiry, Reply } from './edge.ts'
import { fakeShop } from './fake-shop.ts'

const messageOf = (report: SmokeReport, name: string) =>
  report.checks.find((check) => check.name === name)?.message ?? ''

const without = (header: string) => (reply: Reply) => {
  const { [header]: _gone, ...headers } = reply.headers
  return { ...reply, headers }
}

/** Changes the JSON of the answers to one call. */
const rewrite =
  (method: string, path: RegExp, change: (text: string) => string) =>
  (reply: Reply, inquiry: Inquiry): Reply =>
    inquiry.method === method && path.test(inquiry.path) ? { ...reply, body: change(reply.body) } : reply

describe('a shop as it should be', () => {
  test('holds, and nothing is left behind', async () => {
    const { report, shop, broken } = await checkFake()
    expect(broken, JSON.stringify(report.checks, undefined, 1)).toEqual([])
    expect(report.ok).toBe(true)
    expect([shop.users.size, shop.books.size]).toEqual([0, 0])
    expect([...shop.orders.values()].map((order) => order.status)).toEqual(['refunded'])
  })

  test('read-only writes nothing', async () => {
    const shop = fakeShop()
    const methods = new Set<string>()
    const handler = (inquiry: Inquiry) => {
      methods.add(inquiry.method)
      return shop.handler(inquiry)
    }
    const { report } = await checkFake({ handler }, { readOnly: true })
    expect(report.ok, JSON.stringify(report.checks, undefined, 1)).toBe(true)
    expect([...methods]).toEqual(['GET'])
  })
})

describe('what stands before the shop', () => {
  const madeAt = new Date(Date.now() - 90 * 86_400_000)
  test.each([
    ['an expired certificate', { madeAt }, 'certificate', /has expired/],
    ['a certificate for another name', { certifiedName: 'other.localhost' }, 'certificate', /another name/],
    ['old TLS', { minVersion: 'TLSv1' as const }, 'TLS versions', /TLS 1.1/],
    ['no HSTS', { tamper: without('strict-transport-security') }, 'security headers', /Strict-Transport-Security/],
    ['no CSP', { tamper: without('content-security-policy') }, 'security headers', /Content-Security-Policy/],
    [
      'a redirect to another host',
      { location: (path: string) => `https://evil.example${path}` },
      'http redirects',
      /evil\.example/,
    ],
    [
      'a redirect to another port',
      { location: (path: string) => `https://shop.localhost${path}` },
      'http redirects',
      /instead of/,
    ],
    [
      'a redirect that loses the path',
      { location: (_: string, port: number) => `https://shop.localhost:${port}/` },
      'http redirects',
      /loses the path/,
    ],
    ['an answer to any host', { answerAnyHost: true }, 'unknown host', /not-this-shop\.invalid/],
  ])('%s', async (_what, edge, name, sentence) => {
    const { report, broken } = await checkFake(edge)
    expect(broken).toEqual([name])
    expect(report.ok).toBe(false)
    expect(messageOf(report, name)).toMatch(sentence)
  })

  test('without a certificate to believe nothing is sent', async () => {
    const shop = fakeShop()
    let asked = 0
    const handler = (inquiry: Inquiry) => {
      asked += 1
      return shop.handler(inquiry)
    }
    const { report } = await checkFake({ handler, madeAt })
    expect(asked).toBe(0)
    expect(report.checks.find(({ name }) => name === 'register')).toMatchObject({ ok: false, skipped: true })
  })

  test('an authority that is not the given one', async () => {
    const other = await withEdge({ handler: fakeShop().handler }, async ({ ca }) => ca)
    const { broken, report } = await checkFake({}, { ca: other })
    expect(broken).toEqual(['certificate'])
    expect(messageOf(report, 'certificate')).toMatch(/not trusted|not that of the authority/)
  })

  test('nobody there', async () => {
    const report = await runSmoke({ url: 'https://nobody.localhost:1', httpPort: 1 }, quiet())
    expect(messageOf(report, 'certificate')).toMatch(/nobody listens there \(ECONNREFUSED\)/)
    expect(report.ok).toBe(false)
  })
})

describe('a shop that does wrong', () => {
  test.each([
    [
      'pages in one language',
      rewrite('GET', /^\/$/, (text) => text.replace('lang="en"', 'lang="es"')),
      ['home page (en)'],
    ],
    [
      'a price that changed on the way',
      rewrite('POST', /\/orders$/, (text) => text.replace('"amount":1734', '"amount":1735')),
      ['order'],
    ],
    ['a search that finds nothing', rewrite('GET', /\?q=/, () => '{"items":[],"next":null}'), ['search finds it']],
    [
      'a refund that never comes',
      rewrite('GET', /\/orders\/[\w-]+$/, (text) => text.replace('"refunded"', '"paid"')),
      ['cancel and refund'],
    ],
  ])('%s', async (_what, tamper, names) => {
    const { report, broken, shop } = await checkFake({ tamper })
    expect(broken, JSON.stringify(report.checks, undefined, 1)).toEqual(names)
    expect([shop.users.size, shop.books.size]).toEqual([0, 0])
  })

  test('a logout that does not hold', async () => {
    const shop = fakeShop()
    const handler = (inquiry: Inquiry) =>
      inquiry.path === '/api/auth/logout'
        ? Promise.resolve({ status: 204, headers: {}, body: '' })
        : shop.handler(inquiry)
    const { report, broken } = await checkFake({ handler })
    expect(broken).toEqual(['refused after logout'])
    expect(messageOf(report, 'refused after logout')).toMatch(/after the logout GET .* still answered 200/)
    expect(shop.users.size).toBe(0)
  })

  test('an order that becomes two', async () => {
    const shop = fakeShop()
    const handler = (inquiry: Inquiry) => {
      const { 'idempotency-key': key, ...headers } = inquiry.headers
      const renewed = key === undefined ? {} : { 'idempotency-key': `${key}-${Math.random()}` }
      for (const book of shop.books.values()) book.stock = 5
      return shop.handler({ ...inquiry, headers: { ...headers, ...renewed } })
    }
    const { broken } = await checkFake({ handler })
    expect(broken).toEqual(['order'])
    expect([...shop.orders.values()].map((order) => order.status)).toEqual(['cancelled', 'cancelled'])
    expect([shop.users.size, shop.books.size]).toEqual([0, 0])
  })
})

test('an interrupted journey takes back what it made', async () => {
  const shop = fakeShop()
  const stop = new AbortController()
  const handler = async (inquiry: Inquiry) => {
    const reply = await shop.handler(inquiry)
    if (inquiry.path.endsWith('/payment')) stop.abort(new Error('enough'))
    return reply
  }
  await withEdge({ handler }, async (edge) => {
    await expect(runSmoke({ ...edge }, quiet(stop.signal))).rejects.toThrow('enough')
  })
  expect([shop.users.size, shop.books.size]).toEqual([0, 0])
  expect([...shop.orders.values()].map((order) => order.status)).toEqual(['refunded'])
})
