import { randomUUID } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSmoke } from '../../provisioners/smoke/index.ts'
import { smokeOptionsOf } from '../../provisioners/smoke/site-options.ts'
import { testContext } from '../local/harness.ts'
import { type OpenSite, openSite } from '../support/open-site.ts'
import { until } from '../support/shop.ts'
import { type Answer, hidden, Visitor } from './visitor.ts'

let open: OpenSite
let bookPath: string
beforeAll(async () => {
  open = await openSite()
  const { text } = await new Visitor(open).get('/es/books?inStock=true')
  bookPath = /\/es\/books\/[0-9a-f-]{36}/.exec(text)?.[0] ?? ''
})
afterAll(() => open?.close())

const stranger = (path: string, headers: Record<string, string> = {}) => new Visitor(open).get(path, headers)
const cacheOf = ({ headers }: Answer) => headers['x-cache']
/** A query that nobody has asked for before: its page is not kept yet. */
const untouched = (path: string) => `${path}${path.includes('?') ? '&' : '?'}nobody=${randomUUID()}`

async function newcomer(name: string): Promise<Visitor> {
  const visitor = new Visitor(open)
  const account = { email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}`, name }
  expect((await visitor.post('/es/register', account)).status).toBe(303)
  return visitor
}

const draft = { author: 'Ada', description: '', language: 'es', year: '1999', condition: 'good', stock: '1' }

async function publish(seller: Visitor, title: string): Promise<string> {
  const { location } = await seller.post('/es/sell', { ...draft, title, price: '9,50' })
  return /\/books\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''
}

describe('pages behind NGINX', () => {
  it.each(['/', '/es/', '/en/', '/es/books', '/en/books?q=quijote&inStock=true', '/es/about', 'a book'])(
    'are kept for strangers: %s',
    async (page) => {
      const path = untouched(page === 'a book' ? bookPath : page)
      const [first, second] = [await stranger(path), await stranger(path)]
      expect([cacheOf(first), cacheOf(second)]).toEqual(['MISS', 'HIT'])
      expect(second.text).toBe(first.text)
      expect(second.headers['content-security-policy']).toBe(first.headers['content-security-policy'])
      expect(second.headers.link).toBe(first.headers.link)
      const known = await stranger(path, { 'if-none-match': String(first.headers.etag) })
      expect(known).toMatchObject({ status: 304, text: '' })
      const small = await stranger(path, { 'accept-encoding': 'gzip, deflate, br, zstd' })
      expect(gunzipSync(small.bytes).toString('utf8')).toBe(first.text)
    },
  )

  it('are in the reader’s language at the root, each kept by itself', async () => {
    const path = untouched('/')
    for (const cache of ['MISS', 'HIT'])
      for (const lang of ['es', 'en']) {
        const page = await stranger(path, { 'accept-language': lang })
        expect(cacheOf(page)).toBe(cache)
        expect(page.text).toContain(`<html lang="${lang}">`)
      }
  })

  it.each(['/es/login', '/es/register', '/es/cart', '/es/checkout', '/es/account', '/es/orders', '/es/seen'])(
    'are not kept where they may be somebody’s: %s',
    async (path) => {
      const { headers } = await stranger(path)
      expect(headers).toMatchObject({ 'cache-control': 'private, no-store' })
      expect(headers).not.toHaveProperty('x-cache')
    },
  )

  it('are made for whoever has a cart, a session or seen a book, and are nobody else’s', async () => {
    const name = `Nadie ${randomUUID()}`
    const visitors = [await newcomer(name), new Visitor(open), new Visitor(open)]
    await visitors[1]?.post('/es/cart', { do: 'add', book: bookPath.slice('/es/books/'.length), quantity: '1' })
    await visitors[2]?.post('/es/seen', { book: bookPath.slice('/es/books/'.length) })
    for (const page of ['/', '/es/', '/es/books', bookPath]) {
      const path = untouched(page)
      for (const visitor of visitors) {
        expect(visitor.cookies.size).toBeGreaterThan(0)
        expect(cacheOf(await visitor.get(path))).toBe('BYPASS')
      }
      expect((await visitors[0]?.get(path))?.text).toContain(name)
      expect((await visitors[1]?.get(path))?.text).toContain('cart-count')
      const kept = [await stranger(path), await stranger(path)]
      expect(kept.map(cacheOf)).toEqual(['MISS', 'HIT'])
      for (const { text } of kept) {
        expect(text).not.toContain(name)
        expect(text).not.toContain('cart-count')
      }
      expect(cacheOf((await visitors[1]?.get(path)) as Answer)).toBe('BYPASS')
    }
  })

  it('show a change to its maker and to guests with a cart at once, and to strangers soon', async () => {
    const seller = await newcomer('Vendedora')
    const title = 'La vuelta al día'
    const id = await publish(seller, title)
    const path = `/es/books/${id}`
    expect((await stranger(path)).text).toContain('9,50')
    const guest = new Visitor(open)
    await guest.post('/es/cart', { do: 'add', book: id, quantity: '1' })
    const { text } = await seller.get(`/es/my-books/${id}`)
    const etag = hidden(text, 'etag').replaceAll('&quot;', '"')
    const saved = await seller.post(`/es/my-books/${id}`, { ...draft, do: 'save', etag, title, price: '7,25' })
    expect(saved.status).toBe(303)
    for (const visitor of [seller, guest]) expect((await visitor.get(path)).text).toContain('7,25')
    await until('strangers see the new price', async () => (await stranger(path)).text.includes('7,25'))
  })

  it('hold the shopper’s journey, also the second time', async () => {
    const options = await smokeOptionsOf(open.site)
    for (let time = 0; time < 2; time++) {
      const { checks } = await runSmoke(options, testContext())
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
    }
  })
})

const decoded = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes }
const forever = 'public, max-age=31536000, immutable'

/** In each encoding: the right bytes, for ever, a tag of its own that is answered with 304, and kept. */
async function checkFile(path: string, encodings: readonly (keyof typeof decoded)[]): Promise<Buffer> {
  const tags = new Set<string>()
  const plain = await stranger(path, { 'accept-encoding': 'identity' })
  for (const encoding of encodings) {
    const asked = { 'accept-encoding': encoding === 'br' ? 'gzip, deflate, br, zstd' : encoding }
    const { status, headers, bytes } = await stranger(path, asked)
    expect([path, status, headers['cache-control']]).toEqual([path, 200, forever])
    expect(headers['content-encoding'] ?? 'identity', path).toBe(encoding)
    expect(decoded[encoding](bytes)).toEqual(plain.bytes)
    if (encoding !== 'identity') expect(Number(headers['content-length'])).toBeLessThan(plain.bytes.length)
    const again = await stranger(path, asked)
    expect([path, cacheOf(again)]).toEqual([path, 'HIT'])
    expect(again.headers.etag).toBe(headers.etag)
    const known = await stranger(path, { ...asked, 'if-none-match': String(headers.etag) })
    expect([path, known.status, known.bytes.length]).toEqual([path, 304, 0])
    tags.add(String(headers.etag))
  }
  expect(tags.size).toBe(encodings.length)
  return plain.bytes
}

describe('files behind NGINX', () => {
  it('are what pages need, told before the page itself, and sent as they were compressed', async () => {
    const { text, headers } = await stranger('/es/')
    const links = String(headers.link).split(', ')
    expect(links).toHaveLength(3)
    expect(links[0]).toMatch(/^<\/assets\/shop-[\w-]+\.css>; rel=preload; as=style$/)
    expect(links[1]).toMatch(/^<\/assets\/shop-\w+\.js>; rel=modulepreload$/)
    expect(links[2]).toMatch(/^<\/assets\/literata-\w+\.woff2>; rel=preload; as=font; type="font\/woff2"; crossorigin$/)
    for (const link of links) expect(text).toContain(`"${/<([^>]+)>/.exec(link)?.[1]}"`)
    const urls = new Set([...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url ?? ''))
    expect([...urls].map((url) => url.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg', 'woff2'])
    for (const url of urls) await checkFile(url, url.endsWith('.woff2') ? ['identity'] : ['br', 'gzip', 'identity'])
  })

  it('are the fonts that a stylesheet names', async () => {
    const css = /href="(\/assets\/[^"]+\.css)"/.exec((await stranger('/es/')).text)?.[1] ?? ''
    const fonts = [...(await stranger(css)).text.matchAll(/url\("?([^")]+\.woff2)/g)].map(([, url]) => url ?? '')
    expect(fonts.length).toBeGreaterThan(1)
    for (const font of fonts) await checkFile(new URL(font, `https://x${css}`).pathname, ['identity'])
  })

  it('are covers that are drawn, cards and icons', async () => {
    const { text } = await stranger(bookPath)
    const find = (pattern: RegExp) => (pattern.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')
    const cover = await checkFile(find(/src="(\/covers\/[^"]+)"/), ['gzip', 'identity'])
    expect(cover.toString('utf8')).toMatch(/^<svg [^>]*width="400" height="600"/)
    const card = await checkFile(new URL(find(/og:image" content="([^"]+)"/)).pathname + cardQuery(text), ['identity'])
    expect(await sharp(card).metadata()).toMatchObject({ format: 'png', width: 1200, height: 630 })
    await checkFile(find(/href="(\/icons\/touch[^"]+)"/), ['identity'])
  })

  it('are covers that somebody uploaded', async () => {
    const seller = await newcomer('Vendedora')
    const id = await publish(seller, 'Con cubierta')
    const image = await sharp({ create: { width: 800, height: 1200, channels: 3, background: '#7a1f2b' } })
      .jpeg()
      .toBuffer()
    const boundary = randomUUID()
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="cover"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`
    const what = `--${boundary}\r\ncontent-disposition: form-data; name="do"\r\n\r\ncover\r\n`
    const sent = await seller.ask('POST', `/es/my-books/${id}`, {
      body: Buffer.concat([Buffer.from(what + head), image, Buffer.from(`\r\n--${boundary}--\r\n`)]),
      headers: { origin: open.siteUrl, 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
    expect(sent.status).toBe(303)
    const { text } = await seller.get(`/es/books/${id}`)
    const renditions = [...text.matchAll(/(\/api\/catalog\/covers\/[\w.-]+) \d+w/g)].map(([, url]) => url ?? '')
    expect(renditions.length).toBeGreaterThan(2)
    for (const url of new Set(renditions)) await checkFile(url, ['identity'])
  })
})

const cardQuery = (text: string) =>
  new URL((/og:image" content="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')).search
