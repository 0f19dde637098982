import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layoutOf } from '../../provisioners/local/layout.ts'
import { findNginx } from '../../provisioners/local/nginx/locate.ts'
import type { Programs } from '../../provisioners/local/programs.ts'
import { demand } from '../../provisioners/local/supervisor/client.ts'
import type { Site } from '../../provisioners/site.ts'
import { converge, discard, fixturePrograms, testSite, until } from './harness.ts'
import { type Ask, ask } from './requests.ts'

interface Told {
  status?: number
  headers?: Record<string, string>
  delayMs?: number
}

const choices = ['embedded', 'system'] as const
/** For so long that no test sees its end. */
const long = 'public, max-age=0, s-maxage=600'
/** Over at once, and shown while the next one is made. */
const brief = 'public, max-age=0, s-maxage=1, stale-while-revalidate=600'
const ours = ['session', 'refresh', 'cart', 'checkout', 'seen'].map((name) => `__Host-${name}=x`)

describe.each(choices)('what the %s NGINX keeps', (choice) => {
  let folder: string
  let programs: Programs
  let site: Site
  let there = false
  let count = 0

  beforeAll(async () => {
    there = await findNginx(choice).then(
      () => true,
      () => false,
    )
    folder = await mkdtemp('/tmp/programs-')
    programs = await fixturePrograms(folder)
    site = await testSite({ nginx: choice })
    if (there) expect((await converge(site, programs)).failed).toEqual([])
  })

  afterAll(async () => {
    await discard(site)
    await rm(folder, { recursive: true })
  })

  /** A page that nobody has asked for, and what it will answer. */
  async function page(told: Told, path = '/es/books'): Promise<string> {
    const url = `${path}?test=${count++}`
    await tell(url, told)
    return url
  }

  const tell = (url: string, told: Told) =>
    ask(site, url, { method: 'POST', body: '', headers: { 'x-answer': JSON.stringify(told) } })

  async function look(url: string, options: Ask = {}) {
    const { status, headers, body } = await ask(site, url, options)
    const made = status === 200 && body !== '' ? (JSON.parse(body) as { serial: number; headers: object }) : undefined
    return { status, headers, cache: headers['x-cache'], serial: made?.serial, seen: made?.headers }
  }

  /** NGINX writes the line after the answer. */
  const logged = (requestId: string) =>
    until('the request is in the log', async () => {
      const log = await readFile(join(layoutOf(site).logs, 'requests.log'), 'utf8')
      const line = log.split('\n').find((each) => each.includes(requestId) && each.endsWith('}'))
      return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>)
    })

  it('is a page of strangers, which says so, and so does the log', async (test) => {
    if (!there) return test.skip()
    const url = await page({ headers: { 'cache-control': long, vary: 'Cookie', 'content-security-policy': 'own' } })
    const first = await look(url)
    const second = await look(url)
    expect([first.cache, second.cache]).toEqual(['MISS', 'HIT'])
    expect(second.serial).toBe(first.serial)
    for (const { headers } of [first, second])
      expect(headers).toMatchObject({
        'cache-control': long,
        'strict-transport-security': 'max-age=300',
        'x-content-type-options': 'nosniff',
        'content-security-policy': 'own',
        'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
      })
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id'])
    for (const { headers, cache } of [first, second])
      expect(await logged(String(headers['x-request-id']))).toMatchObject({ cache })
  })

  it('is never of somebody, nor for somebody', async (test) => {
    if (!there) return test.skip()
    const personal = [...ours.map((cookie) => ({ cookie })), { cookie: 'other=1' }, { cookie: '0' }]
    for (const headers of [...personal, { authorization: 'Bearer x' }, { authorization: '0' }]) {
      const url = await page({ headers: { 'cache-control': long } })
      expect(await look(url, { headers })).toMatchObject({ cache: 'BYPASS', seen: headers })
      const stranger = await look(url)
      expect(stranger.cache).toBe('MISS')
      const again = await look(url, { headers })
      expect(again.cache).toBe('BYPASS')
      expect(again.serial).toBeGreaterThan(stranger.serial ?? 0)
      expect(await look(url)).toMatchObject({ cache: 'HIT', serial: stranger.serial })
    }
  })

  it.for([
    ['that sets a cookie', { 'cache-control': long, 'set-cookie': 'a=1' }],
    ['that is private', { 'cache-control': 'private, s-maxage=600' }],
    ['that is not to be stored', { 'cache-control': 'no-store, s-maxage=600' }],
    ['that says nothing', {}],
  ] as [string, Record<string, string>][])('is no answer %s', async ([, headers], test) => {
    if (!there) return test.skip()
    const url = await page({ headers })
    const first = await look(url)
    const second = await look(url)
    expect([first.cache, second.cache]).toEqual(['MISS', 'MISS'])
    expect(second.serial).not.toBe(first.serial)
  })

  it('is no page that belongs to somebody, whatever it says, and no form', async (test) => {
    if (!there) return test.skip()
    for (const path of ['/es/cart', '/en/login', '/es/account', '/es/seen', '/xx/books', '/api/catalog/books']) {
      const url = await page({ headers: { 'cache-control': long } }, path)
      const [first, second] = [await look(url), await look(url)]
      expect([first.cache, second.cache]).toEqual([undefined, undefined])
      expect(second.serial).not.toBe(first.serial)
    }
    const url = await page({ headers: { 'cache-control': long } })
    const posts = [await look(url, { method: 'POST', body: 'a=1' }), await look(url, { method: 'POST', body: 'a=1' })]
    expect(posts[1]?.serial).not.toBe(posts[0]?.serial)
  })

  it('is made once, however many ask for it at the same time', async (test) => {
    if (!there) return test.skip()
    const url = await page({ headers: { 'cache-control': long }, delayMs: 300 })
    const all = await Promise.all(Array.from({ length: 20 }, () => look(url)))
    expect(new Set(all.map(({ serial }) => serial)).size).toBe(1)
    expect(all.map(({ cache }) => cache).filter((cache) => cache === 'MISS')).toHaveLength(1)
  })

  it('is shown a little longer while the next one is made', async (test) => {
    if (!there) return test.skip()
    const url = await page({ headers: { 'cache-control': brief } })
    const first = await look(url)
    const stale = await until('it is stale', async () => {
      const found = await look(url)
      return found.cache === 'STALE' && found
    })
    expect(stale.serial).toBe(first.serial)
    expect(stale.headers['strict-transport-security']).toBe('max-age=300')
    await until('the next one', async () => (await look(url)).serial !== first.serial)
  })

  it('is not shown when its time is over and nothing allows more', async (test) => {
    if (!there) return test.skip()
    const url = await page({ headers: { 'cache-control': 'public, s-maxage=1' } })
    const first = await look(url)
    const next = await until('it is over', async () => {
      const found = await look(url)
      return found.cache !== 'HIT' && found
    })
    expect(next.cache).toBe('EXPIRED')
    expect(next.serial).not.toBe(first.serial)
  })

  it('is kept apart by language where the page is, also when it is made anew', async (test) => {
    if (!there) return test.skip()
    await tell('/', { headers: { 'cache-control': brief, vary: 'Accept-Language, Cookie' } })
    const inLanguage = async (lang: string) => {
      const found = await look('/', { headers: { 'accept-language': lang } })
      expect(found.seen).toMatchObject({ 'accept-language': lang })
      return found
    }
    const [es, en] = [await inLanguage('es'), await inLanguage('en')]
    expect(es.serial).not.toBe(en.serial)
    for (const [lang, { serial }] of [
      ['es', es],
      ['en', en],
    ] as const)
      await until(`a newer page in ${lang}`, async () => (await inLanguage(lang)).serial !== serial)
  })

  it('is kept apart by host and method', async (test) => {
    if (!there) return test.skip()
    const url = await page({ headers: { 'cache-control': long } })
    const first = await look(url)
    const www = { servername: 'www.shop.localhost', headers: { host: 'www.shop.localhost' } }
    expect((await look(url, www)).serial).not.toBe(first.serial)
    expect(await look(url, { method: 'HEAD' })).toMatchObject({ status: 200, cache: 'MISS' })
    expect(await look(url, { method: 'HEAD' })).toMatchObject({ status: 200, cache: 'HIT', serial: undefined })
  })

  it('is not sent again to who has it', async (test) => {
    if (!there) return test.skip()
    const url = await page({ headers: { 'cache-control': long, etag: 'W/"abc"' } })
    for (const cache of ['MISS', 'HIT']) {
      const known = await look(url, { headers: { 'if-none-match': 'W/"abc"' } })
      expect(known).toMatchObject({ status: 304, cache })
      expect(known.headers).toMatchObject({ etag: 'W/"abc"', 'cache-control': long })
    }
    expect(await look(url, { headers: { 'if-none-match': 'W/"other"' } })).toMatchObject({ status: 200, cache: 'HIT' })
  })

  it('stands in when the pages cannot be made, but not for what is gone', async (test) => {
    if (!there) return test.skip()
    const kept = { 'cache-control': 'public, s-maxage=1' }
    const [failing, gone] = [await page({ headers: kept }), await page({ headers: kept })]
    const { serial } = await look(failing)
    await look(gone)
    await tell(failing, { status: 503, headers: { 'cache-control': 'no-store' } })
    await tell(gone, { status: 404, headers: { 'cache-control': 'no-store' } })
    expect(await until('a failure', async () => orUndefined(await look(failing), 'STALE'))).toMatchObject({ serial })
    expect((await look(failing, { headers: { cookie: 'a=1' } })).status).toBe(503)
    await until('it is gone', async () => (await look(gone)).status === 404)
    await demand(layoutOf(site).supervisorSocket, { do: 'remove', name: 'web-1' })
    expect(await look(failing)).toMatchObject({ status: 200, cache: 'STALE', serial })
    expect(await look('/es/books?never=seen')).toMatchObject({ status: 503 })
    expect((await converge(site, programs)).failed).toEqual([])
    await until('it is made again', async () => (await look(failing)).serial !== serial)
  })

  it.for(['/assets/', '/covers/', '/cards/', '/icons/', '/api/catalog/covers/'])(
    'is a file of %s, for everybody, and who asks is not said',
    async (path, test) => {
      if (!there) return test.skip()
      const forever = 'public, max-age=31536000, immutable'
      const url = await page({ headers: { 'cache-control': forever, vary: 'Accept-Encoding', etag: '"a"' } }, path)
      const somebody = { cookie: '__Host-session=x', authorization: 'Bearer x', 'accept-encoding': 'br' }
      const first = await look(url, { headers: somebody })
      expect(first).toMatchObject({ cache: 'MISS', seen: { 'accept-encoding': 'br' } })
      expect(first.seen).not.toHaveProperty('cookie')
      expect(first.seen).not.toHaveProperty('authorization')
      expect(first.headers).toMatchObject({ 'cache-control': forever, 'strict-transport-security': 'max-age=300' })
      const encoding = { 'accept-encoding': 'br' }
      expect(await look(url, { headers: encoding })).toMatchObject({ cache: 'HIT', serial: first.serial })
      expect(await look(url, { headers: { ...encoding, 'if-none-match': '"a"' } })).toMatchObject({ status: 304 })
      expect((await look(url)).serial).not.toBe(first.serial)
      const refused = await page({ status: 404 }, path)
      expect([(await look(refused)).cache, (await look(refused)).cache]).toEqual(['MISS', 'MISS'])
    },
  )
})

/** `found` when it came like that. */
const orUndefined = <Found extends { cache: unknown }>(found: Found, cache: string) =>
  found.cache === cache ? found : undefined
