import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layoutOf } from '../../provisioners/local/layout.ts'
import { writeFiles } from '../../provisioners/local/nginx/apply.ts'
import { findNginx } from '../../provisioners/local/nginx/locate.ts'
import type { Programs } from '../../provisioners/local/programs.ts'
import { demand } from '../../provisioners/local/supervisor/client.ts'
import type { Site } from '../../provisioners/site.ts'
import { converge, discard, fixturePrograms, freePort, testSite, until } from './harness.ts'
import { ask, askPlainly, askSocket, shakeHands } from './requests.ts'

const choices = ['embedded', 'system'] as const

describe.each(choices)('the %s NGINX in front of a site', (choice) => {
  let folder: string
  let programs: Programs
  let site: Site
  let there = false

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

  const remove = (name: string) => demand(layoutOf(site).supervisorSocket, { do: 'remove', name })

  it('passes pages on, and tells the truth about who asked', async (test) => {
    if (!there) return test.skip()
    const { status, headers, body } = await ask(site, '/books?q=x', {
      headers: { 'x-forwarded-for': '6.6.6.6', 'x-request-id': 'mine', 'x-forwarded-host': 'evil' },
    })
    const seen = JSON.parse(body) as { process: string; url: string; headers: Record<string, string> }
    expect(status).toBe(200)
    expect(seen).toMatchObject({ process: 'web-1', url: '/books?q=x' })
    expect(seen.headers).toMatchObject({
      host: `shop.localhost:${site.local.httpsPort}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(seen.headers['x-forwarded-host']).toBeUndefined()
    expect(headers).toMatchObject({
      'strict-transport-security': 'max-age=300',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
    expect(headers.server).toBe('nginx')
    expect(headers['content-security-policy']).toBeUndefined()
  })

  it('passes the API on under a policy of its own', async (test) => {
    if (!there) return test.skip()
    const { headers, body } = await ask(site, '/api/catalog/books')
    expect(JSON.parse(body)).toMatchObject({ process: 'gateway-1', url: '/api/catalog/books' })
    expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  it('speaks HTTP/2, also for the named site', async (test) => {
    if (!there) return test.skip()
    expect(await shakeHands(site, site.domain)).toBe('h2')
    expect(await shakeHands(site, site.domain, ['http/1.1'])).toBe('http/1.1')
  })

  it('redirects to HTTPS on the same host', async (test) => {
    if (!there) return test.skip()
    const { status, headers } = await askPlainly(site, '/books?q=a%20b', 'www.shop.localhost')
    expect(status).toBe(308)
    expect(headers.location).toBe(`https://www.shop.localhost:${site.local.httpsPort}/books?q=a%20b`)
    const { status: moved, headers: canonical } = await ask(site, '/x', {
      servername: 'localhost',
      headers: { host: 'localhost' },
    })
    expect(moved).toBe(308)
    expect(canonical.location).toBe(`https://shop.localhost:${site.local.httpsPort}/x`)
  })

  it('refuses names that are not its own', async (test) => {
    if (!there) return test.skip()
    expect(await shakeHands(site, 'evil.localhost')).toMatch(/UNRECOGNIZED_NAME|ALERT/)
    expect((await ask(site, '/', { headers: { host: 'evil.localhost' } })).status).toBe(421)
    expect((await askPlainly(site, '/', 'evil.localhost')).status).toBe(421)
  })

  it('answers a load balancer itself', async (test) => {
    if (!there) return test.skip()
    expect(await ask(site, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
    expect(await askPlainly(site, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
  })

  it('refuses bodies that are too large, and takes covers', async (test) => {
    if (!there) return test.skip()
    const body = Buffer.alloc(2 * 1024 * 1024)
    const refused = await ask(site, '/api/sales/orders', { method: 'POST', body })
    expect(refused.status).toBe(413)
    expect(refused.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(refused.body)).toMatchObject({ status: 413, code: 'too-large' })
    expect((await ask(site, '/api/catalog/books/7/cover', { method: 'PUT', body })).status).toBe(200)
  })

  it('says that it is unavailable, to programs and to people, and is back by itself', async (test) => {
    if (!there) return test.skip()
    await Promise.all(['web-1', 'gateway-1', 'catalog-1'].map(remove))
    const api = await ask(site, '/api/catalog/books')
    expect(api.status).toBe(503)
    expect(api.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' })
    expect(JSON.parse(api.body)).toMatchObject({ status: 503, code: 'unavailable' })
    const page = await ask(site, '/', { method: 'POST', body: 'x' })
    expect(page.status).toBe(503)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['retry-after']).toBe('2')
    expect(page.body).toContain('Shop &amp; &lt;Sons&gt;')
    expect(page.body).toContain('Volvemos')
    expect((await ask(site, '/.unavailable.html')).status).toBe(404)
    const internal = await askSocket(join(layoutOf(site).run, 'catalog.sock'), '/catalog/books')
    expect(internal.status).toBe(503)
    expect(internal.headers['retry-after']).toBe('1')
    expect((await converge(site, programs)).failed).toEqual([])
    expect((await ask(site, '/api/catalog/books')).status).toBe(200)
  })

  it('passes what processes say to each other unchanged', async (test) => {
    if (!there) return test.skip()
    const { body } = await askSocket(join(layoutOf(site).run, 'catalog.sock'), '/catalog/books/7', 'GET', {
      'x-request-id': 'abc',
    })
    expect(JSON.parse(body)).toMatchObject({
      process: 'catalog-1',
      url: '/catalog/books/7',
      headers: { 'x-request-id': 'abc' },
    })
  })

  it('writes a log of requests that machines can read', async (test) => {
    if (!there) return test.skip()
    await ask(site, '/says-"quoted"', { headers: { 'user-agent': 'a "b" \\ c' } })
    const text = await readFile(join(layoutOf(site).logs, 'requests.log'), 'utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.at(-1)).toMatchObject({ status: 200, method: 'GET', path: '/says-"quoted"', agent: 'a "b" \\ c' })
  })

  it('never gets to see a configuration that fails its test', async (test) => {
    if (!there) return test.skip()
    const layout = layoutOf(site)
    const before = await readFile(layout.nginxConfig, 'utf8')
    const broken = { text: 'nonsense;', page: 'x', revision: 'x' }
    const written = writeFiles(layout, await findNginx(choice), broken, AbortSignal.timeout(10_000))
    await expect(written).rejects.toMatchObject({ code: 'nginx-config' })
    expect(await readFile(layout.nginxConfig, 'utf8')).toBe(before)
  })

  it('keeps answering while its configuration is loaded anew', async (test) => {
    if (!there) return test.skip()
    const statuses: number[] = []
    let going = true
    const load = (async () => {
      while (going) statuses.push((await ask(site, '/')).status)
    })()
    const other = { ...site, local: { ...site.local, httpPort: await freePort() } }
    expect((await converge(other, programs)).done).toEqual(['local.nginx/config', 'local.process/nginx'])
    expect((await askPlainly(other, '/healthz')).status).toBe(200)
    expect((await converge(site, programs)).failed).toEqual([])
    await until('some requests after the change', async () => statuses.length > 20)
    going = false
    await load
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })
})
