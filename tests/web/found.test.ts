import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { browserInstalled, launch, openPage } from './chromium.ts'
import { Crawl } from './crawl.ts'
import { type Stack, startStack } from './stack.ts'
import { Visitor } from './visitor.ts'

const installed = browserInstalled()
let stack: Stack
let browser: Browser
/** Somebody with a book whose every field is hostile. */
let seller: Visitor
let hostileBook: string
const hostile = `</script><script>alert(1)</script><!--<script> "'\`{{}} &amp; ]]>`

beforeAll(async () => {
  stack = await startStack(inject('cluster'))
  if (installed) browser = await launch(stack.shop.siteUrl, stack.edge.port)
  seller = new Visitor(stack.shop)
  const account = {
    email: `${randomUUID()}@example.com`,
    password: `larga ${randomUUID()}`,
    name: hostile.slice(0, 60),
  }
  await seller.post('/es/register', account)
  const draft = { title: hostile, author: hostile, description: hostile, language: 'es', year: '1999', price: '9,50' }
  const { location } = await seller.post('/es/sell', { ...draft, stock: '3', condition: 'good' })
  hostileBook = location.split('?')[0]?.replace('/es/', '') ?? ''
})
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

const dataOf = (html: string) => {
  const blocks = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)].map(
    ([, json]) => json ?? '',
  )
  return blocks.map((json) => JSON.parse(json))
}
const metaOf = (html: string, name: string) =>
  new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
const pathOf = (url: string) => url.slice(stack.shop.siteUrl.length)

describe('links', () => {
  it.each(['a stranger', 'somebody with an account'])('lead to something everywhere, for %s', async (who) => {
    const visitor = who === 'a stranger' ? new Visitor(stack.shop) : seller
    const crawl = new Crawl(visitor, stack.shop.siteUrl)
    expect(await crawl.from(['/', '/es/', '/en/', `/es/${hostileBook}`, '/es/nothing-here'])).toEqual([])
    for (const kind of [
      '/es/',
      '/en/',
      '/es/books',
      '/en/books/:id',
      '/es/about',
      '/assets',
      '/covers',
      '/cards',
      '/icons',
    ])
      expect([...crawl.kinds]).toContain(kind)
    if (who !== 'a stranger') expect([...crawl.kinds]).toContain('/es/my-books/:id')
  })
})

describe('what search engines read', () => {
  it('is a site map of pages that are there, which robots.txt names', async () => {
    const visitor = new Visitor(stack.shop)
    const robots = await visitor.get('/robots.txt')
    expect(robots.headers['content-type']).toContain('text/plain')
    const address = /^Sitemap: (.*)$/m.exec(robots.text)?.[1] ?? ''
    const map = await visitor.get(pathOf(address))
    expect(map).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=3600' } })
    const urls = [...map.text.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url ?? '')
    expect(urls).toContain(`${stack.shop.siteUrl}/en/${hostileBook}`)
    for (const url of [urls[0], urls[1], urls.at(-1)]) {
      const page = await visitor.get(pathOf(url ?? ''))
      expect(page.status).toBe(200)
      expect(page.text).toContain(`<link rel="canonical" href="${url}"`)
      for (const lang of ['es', 'en']) expect(page.text).toContain(`rel="alternate" hreflang="${lang}"`)
    }
    expect(await visitor.get('/sitemap.xml', { 'if-none-match': String(map.headers.etag) })).toMatchObject({
      status: 304,
    })
    for (const none of ['/sitemap-1.xml', '/sitemap-99999.xml', '/fr/feed.atom'])
      expect((await visitor.get(none)).status).toBe(404)
    expect(visitor.cookies.size).toBe(0)
  })

  it('is a title and a description on every page', async () => {
    for (const path of ['/es/', '/en/books', `/en/${hostileBook}`, '/es/login', '/es/cart', '/es/about']) {
      const { text } = await new Visitor(stack.shop).get(path)
      expect(text.match(/<title>[^<]{3,}<\/title>/g)).toHaveLength(1)
      expect(metaOf(text, 'description').length, path).toBeGreaterThan(10)
      expect(metaOf(text, 'og:title')).not.toBe('')
    }
  })

  it('is data about a book and its offer, whatever its title says', async () => {
    const { text, headers } = await new Visitor(stack.shop).get(`/es/${hostileBook}`)
    const [data, ...others] = dataOf(text)
    expect(others).toEqual([])
    expect(data).toMatchObject({
      '@context': 'https://schema.org',
      '@type': 'Book',
      name: hostile,
      author: { name: hostile },
      url: `${stack.shop.siteUrl}/es/${hostileBook}`,
      offers: { '@type': 'Offer', price: '9.50', availability: 'https://schema.org/InStock' },
    })
    expect(headers['content-security-policy']).toContain("script-src 'self';")
    expect(text).not.toContain('<script>alert')
  })

  it('is data about the shop and how to search it', async () => {
    const { text } = await new Visitor(stack.shop).get('/en/')
    const graph = dataOf(text)[0]['@graph']
    expect(graph.map((node: { '@type': string }) => node['@type'])).toEqual(['Organization', 'WebSite'])
    const { urlTemplate } = graph[1].potentialAction.target
    const found = await new Visitor(stack.shop).get(pathOf(urlTemplate).replace('{search_term_string}', 'quijote'))
    expect(found.text).toContain('Quijote')
  })

  it.skipIf(!installed)('runs nowhere, and the policy has nothing to say about it', async () => {
    const { page, complaints, close } = await openPage(browser, stack.shop.siteUrl)
    await page.goto(`/es/${hostileBook}`, { waitUntil: 'load' })
    await page.goto('/es/', { waitUntil: 'load' })
    expect(complaints).toEqual([])
    await close()
  })
})

describe('what others show of a page', () => {
  it('is a card of the book’s drawn cover, for ever the same', async () => {
    const visitor = new Visitor(stack.shop)
    for (const path of [`/es/${hostileBook}`, '/en/']) {
      const address = metaOf((await visitor.get(path)).text, 'og:image')
      const card = await visitor.get(pathOf(address))
      expect(card.headers).toMatchObject({
        'content-type': 'image/png',
        'cache-control': 'public, max-age=31536000, immutable',
      })
      expect(await sharp(card.bytes).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 })
      expect(await visitor.get(pathOf(address), { 'if-none-match': String(card.headers.etag) })).toMatchObject({
        status: 304,
      })
      const forged = await visitor.get(pathOf(address).replace(/t=[^&]*/, 't=Somebody+else'))
      expect(forged.status).toBe(404)
    }
  })

  it('is made a few at a time, and each once', async () => {
    const visitor = new Visitor(stack.shop)
    const { body } = await stack.shop.request('gateway', 'GET', '/api/catalog/books?limit=4')
    const addresses = await Promise.all(
      body.items.map(async ({ id }: { id: string }) => metaOf((await visitor.get(`/es/books/${id}`)).text, 'og:image')),
    )
    const asked = Array.from({ length: 40 }, (_, index) =>
      visitor.get(pathOf(addresses[index % addresses.length] ?? '')),
    )
    expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('what devices and feed readers take', () => {
  it('is a manifest in each language, with icons of the sizes that it names', async () => {
    const visitor = new Visitor(stack.shop)
    for (const lang of ['es', 'en']) {
      const { text, headers } = await visitor.get(`/${lang}/manifest.webmanifest`)
      expect(headers['content-type']).toContain('application/manifest+json')
      const manifest = JSON.parse(text)
      expect(manifest).toMatchObject({ lang, start_url: `/${lang}/` })
      expect(manifest.icons.some(({ purpose }: { purpose: string }) => purpose === 'maskable')).toBe(true)
      for (const { src, sizes, type } of manifest.icons) {
        const icon = await visitor.get(src)
        expect(icon.headers['content-type']).toContain(type)
        const { width, height } = await sharp(icon.bytes).metadata()
        if (sizes !== 'any') expect(`${width}x${height}`).toBe(sizes)
      }
    }
    expect((await visitor.get('/icons/small-x.png')).status).toBe(404)
  })

  it.skipIf(!installed)('is XML that a browser reads, with the newest book first', async () => {
    const { page, close } = await openPage(browser, stack.shop.siteUrl)
    await page.goto('/es/about')
    const visitor = new Visitor(stack.shop)
    const read = async (path: string) => {
      const { text, status } = await visitor.get(path)
      expect(status).toBe(200)
      return (await page.evaluate(
        `(() => {
          const xml = new DOMParser().parseFromString(${JSON.stringify(text)}, 'application/xml')
          const texts = (selector) => [...xml.querySelectorAll(selector)].map((node) => node.textContent)
          return { root: xml.documentElement.localName, broken: texts('parsererror'), titles: texts('entry > title'),
            ids: texts('entry > id'), dates: texts('updated'), locations: texts('loc') }
        })()`,
      )) as Record<'broken' | 'titles' | 'ids' | 'dates' | 'locations', string[]> & { root: string }
    }
    for (const lang of ['es', 'en']) {
      const feed = await read(`/${lang}/feed.atom`)
      expect(feed).toMatchObject({ root: 'feed', broken: [] })
      expect(feed.titles[0]).toBe(hostile)
      expect(new Set(feed.ids).size).toBe(30)
      for (const date of feed.dates) expect(date).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    }
    const map = await read('/sitemap.xml')
    expect(map).toMatchObject({ root: 'urlset', broken: [] })
    expect(new Set(map.locations).size).toBe(map.locations.length)
    await close()
  })
})
