import { randomUUID } from 'node:crypto'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { newShopper } from '../support/shopper.ts'
import { Visitor } from './visitor.ts'

let shop: TestShop
beforeAll(async () => {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  shop = await startShop(inject('cluster'), { services, seed: true })
})
afterAll(() => shop?.close())

const gateway = {
  request: (method: string, path: string, options = {}) => shop.request('gateway', method, path, options),
}

async function anyBook(): Promise<{ id: string; title: string }> {
  return (await gateway.request('GET', '/api/catalog/books?limit=1&inStock=true')).body.items[0]
}

const hostile = `"><script>alert('1')</script><img src=x onerror=alert(2)> {{7*7}} \u202e &amp; ' \` //--`

describe('every page', () => {
  const paths = [
    '/',
    '/es/',
    '/en/',
    '/es/books',
    '/en/books?q=a',
    '/es/login',
    '/es/register',
    '/es/cart',
    '/es/about',
  ]
  const broken = [
    '/es/nothing',
    '/es/books/1',
    '/nothing',
    '/es/orders',
    '/es/books/%ff',
    '/covers/x.svg',
    '/assets/x.js',
  ]

  it.each([...paths, ...broken])('carries the headers and nothing inline: %s', async (path) => {
    const { headers, text, status } = await new Visitor(shop).get(path)
    expect(status).toBeLessThan(500)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; (?!.*unsafe)/)
    expect(text).not.toMatch(
      /<style|<[^>]*\sstyle=|<[^>]*\son\w+=|<script(?! type="application\/ld\+json">)(?![^>]*\ssrc="\/assets\/)/,
    )
    expect(text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\/(?!bookstore\.localhost:8443)/)
  })

  it.each(paths)('has a language, a title, one heading, landmarks, and says that it is a demo: %s', async (path) => {
    const { text, status } = await new Visitor(shop).get(path)
    expect(status).toBe(200)
    expect(text).toMatch(/^<!doctype html><html lang="(?:es|en)">/)
    expect(text.match(/<h1[\s>]/g)).toHaveLength(1)
    for (const landmark of ['<header', '<main', '<footer', '<search', '<nav']) expect(text).toContain(landmark)
    expect(text).toContain('class="demo"')
    expect(text).toMatch(/<title>[^<]{3,}<\/title>/)
  })

  it('answers HEAD like GET, and no other method', async () => {
    const visitor = new Visitor(shop)
    expect(await visitor.ask('HEAD', '/es/', {})).toMatchObject({ status: 200, text: '' })
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await visitor.ask(method, '/es/', { headers: { origin: shop.siteUrl } })).status).toBe(405)
  })
})

describe('languages', () => {
  it('are chosen at the root by the browser, and by the shop where it says nothing', async () => {
    const visitor = new Visitor(shop)
    for (const [accepted, lang] of [
      ['en-GB,en;q=0.9', 'en'],
      ['fr, en;q=0.5, es;q=0.4', 'en'],
      ['de', 'es'],
      ['', 'es'],
    ] as const) {
      const { text, headers } = await visitor.get('/', accepted ? { 'accept-language': accepted } : {})
      expect(text).toContain(`<html lang="${lang}">`)
      expect(text).toContain(`<link rel="canonical" href="${shop.siteUrl}/${lang}/"`)
      expect(headers.vary).toMatch(/accept-language/i)
    }
  })

  it('are named to search engines, and the switch keeps the page', async () => {
    const { text } = await new Visitor(shop).get('/es/books?language=fr')
    expect(text).toContain(`<link rel="canonical" href="${shop.siteUrl}/es/books"`)
    expect(text).toContain(`hreflang="en" href="${shop.siteUrl}/en/books"`)
    expect(text).toContain('href="/en/books?language=fr"')
  })

  it('are put in front of a path that has none', async () => {
    const visitor = new Visitor(shop)
    const answer = await visitor.get('/cart?done=added', { 'accept-language': 'en' })
    expect(answer).toMatchObject({ status: 302, location: '/en/cart?done=added' })
    expect(await visitor.get('/es')).toMatchObject({ status: 302, location: '/es/' })
    expect((await visitor.get('//evil.example/cart')).status).toBe(404)
  })
})

describe('forms', () => {
  const login = { email: 'a@example.com', password: 'x' }

  it.each([
    ['nothing says where they come from', {}],
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site by Fetch Metadata', { 'sec-fetch-site': 'cross-site' }],
    ['our origin, but a foreign site', { origin: 'https://bookstore.localhost:8443', 'sec-fetch-site': 'cross-site' }],
  ])('are refused with a page when %s', async (_, headers) => {
    const visitor = new Visitor(shop)
    for (const path of ['/es/login', '/es/cart', '/es/logout', '/es/checkout', '/es/nothing']) {
      const answer = await visitor.ask('POST', path, { form: login, headers: headers as Record<string, string> })
      expect(answer.status).toBe(403)
      expect(answer.text).toContain('<h1>No podemos aceptar este envío</h1>')
      expect(visitor.cookies.size).toBe(0)
    }
  })

  it('are refused when they are too large or of another kind', async () => {
    const visitor = new Visitor(shop)
    expect((await visitor.post('/es/cart', { a: 'x'.repeat(70_000) })).status).toBe(413)
    const json = { body: Buffer.from('{}'), headers: { origin: shop.siteUrl, 'content-type': 'application/json' } }
    expect((await visitor.ask('POST', '/es/login', json)).status).toBe(415)
  })

  it('lead after log-in to pages of this shop only', async () => {
    const shopper = await newShopper(gateway)
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await new Visitor(shop).post('/es/login', { ...shopper, next } as never)
      expect(answer).toMatchObject({ status: 303, location: '/es/' })
    }
    const answer = await new Visitor(shop).post('/es/login', { ...shopper, next: '/es/checkout' } as never)
    expect(answer.location).toBe('/es/checkout')
  })
})

describe('hostile words', () => {
  const clean = (text: string) => {
    expect(text).not.toContain('<script>alert')
    expect(text).not.toMatch(/<img[^>]*\sonerror/)
  }

  it('are shown as they are in search, filters and refused forms', async () => {
    const visitor = new Visitor(shop)
    const query = new URLSearchParams({
      q: hostile,
      author: hostile,
      language: hostile,
      minPrice: hostile,
      sort: hostile,
    })
    const found = await visitor.get(`/es/books?${query}`)
    expect(found.status).toBe(200)
    clean(found.text)
    expect(found.text).toContain('&lt;script>alert')
    const login = await visitor.post('/es/login', { email: hostile, password: 'x', next: hostile })
    expect(login.status).toBe(401)
    clean(login.text)
    const register = await visitor.post('/en/register', { name: hostile, email: hostile, password: 'x' })
    expect(register.status).toBe(422)
    clean(register.text)
    expect(register.text).not.toContain('value="x"')
  })

  it('are shown as they are in a book, a name, an address and an order', async () => {
    const text = hostile.replace('\u202e', '')
    const account = { email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}`, name: text.slice(0, 90) }
    const visitor = new Visitor(shop)
    expect((await visitor.post('/es/register', account)).status).toBe(303)
    const draft = {
      title: text,
      author: text,
      description: text,
      language: 'es',
      year: '1999',
      price: '9,50',
      stock: '3',
      condition: 'good',
    }
    const published = await visitor.post('/es/sell', draft)
    expect(published.status).toBe(303)
    const page = await visitor.get(published.location)
    clean(page.text)
    expect(page.text).toContain('&lt;img src=x onerror')
    for (const path of [
      '/es/my-books',
      '/es/books?q=script',
      published.location.replace('/books/', '/my-books/').split('?')[0] ?? '',
    ])
      clean((await visitor.get(path)).text)
    const cover = /src="(\/covers\/[^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const drawn = await visitor.get(cover)
    expect(drawn.headers['content-type']).toContain('image/svg+xml')
    clean(drawn.text)
  })

  it('never make a page fail', async () => {
    const visitor = new Visitor(shop)
    for (const text of ['%00', '%', '\\', "'; drop table books; --", '\ud800', '𝕏'.repeat(300), '../../etc/passwd'])
      for (const path of [
        '/es/books?q=',
        '/es/books?cursor=',
        '/es/books/',
        '/es/login?next=',
        '/covers/',
        '/es/cart?done=',
      ]) {
        const answer = await visitor.get(path + encodeURIComponent(text.toWellFormed()))
        expect(answer.status, path + text).toBeLessThan(500)
      }
    expect((await visitor.get('/es/books?q=%00%ff%c0&author=%')).status).toBe(200)
  })
})

describe('what may be kept', () => {
  it('is the page of a stranger, shortly, and with a tag', async () => {
    const visitor = new Visitor(shop)
    const { headers } = await visitor.get('/es/books')
    expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=5, stale-while-revalidate=4, must-revalidate')
    expect(await visitor.get('/es/books', { 'if-none-match': String(headers.etag) })).toMatchObject({
      status: 304,
      text: '',
    })
  })

  it('is nothing of somebody with a cart or a session', async () => {
    const visitor = new Visitor(shop)
    const { id } = await anyBook()
    await visitor.post('/es/cart', { do: 'add', book: id, quantity: '1' })
    expect((await visitor.get('/es/')).headers['cache-control']).toBe('private, no-store')
    for (const path of ['/es/cart', '/es/login', '/es/nothing'])
      expect((await new Visitor(shop).get(path)).headers['cache-control']).toBe('private, no-store')
  })

  it('is for ever what has a hash in its name', async () => {
    const visitor = new Visitor(shop)
    const { text } = await visitor.get('/es/')
    const urls = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url ?? '')
    expect(new Set(urls).size).toBeGreaterThanOrEqual(4)
    for (const url of urls) {
      const plain = await visitor.get(url)
      expect(plain.status).toBe(200)
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(await visitor.get(url, { 'if-none-match': String(plain.headers.etag) })).toMatchObject({ status: 304 })
      if (url.endsWith('.woff2')) continue
      const br = await visitor.get(url, { 'accept-encoding': 'gzip, br' })
      expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: expect.stringMatching(/accept-encoding/i) })
      expect(brotliDecompressSync(br.bytes)).toEqual(plain.bytes)
      expect(gunzipSync((await visitor.get(url, { 'accept-encoding': 'gzip' })).bytes)).toEqual(plain.bytes)
    }
  })
})

it('the home page keeps within its budget', async () => {
  const visitor = new Visitor(shop)
  const { text, bytes } = await visitor.get('/es/')
  const size = async (pattern: RegExp) => {
    const urls = [...text.matchAll(pattern)].map(([, url]) => url ?? '')
    const answers = await Promise.all(urls.map((url) => visitor.get(url, { 'accept-encoding': 'br' })))
    return answers.reduce((sum, answer) => sum + answer.bytes.length, 0)
  }
  expect(brotliCompressSync(bytes).length).toBeLessThanOrEqual(20 * 1024)
  expect(await size(/rel="stylesheet" href="([^"]+)"/g)).toBeLessThanOrEqual(12 * 1024)
  expect(await size(/<script[^>]*src="([^"]+)"/g)).toBeLessThanOrEqual(30 * 1024)
  expect(await size(/rel="preload" href="([^"]+\.woff2)"/g)).toBeLessThanOrEqual(40 * 1024)
})
