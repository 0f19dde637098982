import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Pool } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { type Fixture, hugeBytes, startFixture } from './upstream.ts'

let shop: TestShop
let catalog: Fixture
let pool: Pool

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['gateway'] })
  pool = new Pool('http://gateway', { connections: 1_200, connect: { socketPath: shop.socket('gateway') } })
})
afterAll(async () => {
  await pool?.destroy()
  await shop?.close()
})
beforeEach(async () => {
  catalog = await startFixture(shop.socket('catalog'))
})
afterEach(() => catalog.stop())

const ask = (method: string, path: string, options: object = {}): Promise<Reply> =>
  shop.request('gateway', method, path, options)
const problem = (status: number, code: string) => ({
  status,
  headers: expect.objectContaining({
    'content-type': 'application/problem+json',
    'x-request-id': expect.any(String),
    'cache-control': 'no-store',
  }),
  body: expect.objectContaining({ status, code, title: expect.any(String) }),
})

/** Sends bytes as they are and reads until the gateway closes. */
function raw(bytes: string): Promise<string> {
  const socket = connect(shop.socket('gateway'))
  socket.write(bytes, 'latin1')
  return text(socket)
}

describe('forwarding', () => {
  it('keeps method, path and query as they were written', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { body } = await ask(method, '/api/catalog/echo/%E2%82%AC?q=a%2Fb+c&q=..//&empty=')
      expect(body.url).toBe('/catalog/echo/%E2%82%AC?q=a%2Fb+c&q=..//&empty=')
      expect(catalog.seen.at(-1)?.method).toBe(method)
    }
    const head = await pool.request({ method: 'HEAD', path: '/api/catalog/echo' })
    expect([head.statusCode, await head.body.text()]).toEqual([200, ''])
  })

  it.each([
    ['with its length', (bytes: Buffer) => bytes],
    ['in chunks', (bytes: Buffer) => Readable.from([bytes.subarray(0, 10), bytes.subarray(10)])],
  ])('streams a body %s', async (_, bodyOf) => {
    const bytes = randomBytes(3_000_000)
    const reply = await pool.request({ method: 'PUT', path: '/api/catalog/echo', body: bodyOf(bytes) })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(await reply.body.json()).toMatchObject({ size: bytes.length, sha256 })
  })

  it('streams a large answer, no faster than it is read', async () => {
    const reply = await pool.request({ method: 'GET', path: '/api/catalog/huge' })
    let size = 0
    for await (const part of reply.body) size += part.length
    expect(size).toBe(hugeBytes)
  })

  it('passes the request id of the edge on, and makes one where there is none', async () => {
    const id = 'a1b2c3d4e5f6a7b8'
    const given = await ask('GET', '/api/catalog/problem', { headers: { 'x-request-id': id } })
    expect(given.headers['x-request-id']).toBe(id)
    expect(catalog.seen.at(-1)?.headers['x-request-id']).toBe(id)
    const made = await ask('GET', '/api/catalog/problem', { headers: { 'x-request-id': '<script>' } })
    expect(made.headers['x-request-id']).toMatch(/^[\w-]{36}$/)
    expect(catalog.seen.at(-1)?.headers['x-request-id']).toBe(made.headers['x-request-id'])
  })

  it('passes a problem through unchanged', async () => {
    const { status, headers, body } = await ask('GET', '/api/catalog/problem')
    expect(status).toBe(409)
    expect(body).toEqual({ title: 'Taken', status: 409, code: 'taken' })
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '7' })
  })

  it('drops headers of the connection and of clients that pretend, both ways', async () => {
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/admin',
      'x-real-ip': '127.0.0.1',
      'x-http-method-override': 'DELETE',
      authorization: 'Bearer x',
    }
    const reply = await ask('GET', '/api/catalog/cookies', { headers })
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(reply.headers).not.toHaveProperty('x-hop')
    expect(reply.headers['keep-alive']).not.toBe('timeout=9')
    for (const name of Object.keys(reply.headers)) expect(name).not.toMatch(/^access-control/)
    const sent = catalog.seen.at(-1)?.headers
    expect(sent).toMatchObject({
      authorization: 'Bearer x',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/api',
    })
    expect(sent).not.toHaveProperty('x-real-ip')
    expect(sent).not.toHaveProperty('x-http-method-override')
  })

  it('waits for the answer itself after early hints', async () => {
    expect(await ask('GET', '/api/catalog/hints')).toMatchObject({ status: 200, body: 'after hints' })
  })

  it('passes an empty answer through', async () => {
    expect(await ask('DELETE', '/api/catalog/nothing')).toMatchObject({ status: 204, body: '' })
  })
})

describe('routing', () => {
  it('tells what there is at its root', async () => {
    for (const path of ['/api', '/api/']) {
      const { status, body } = await ask('GET', path)
      expect(status).toBe(200)
      expect(body.services).toContainEqual({ name: 'catalog', openapi: '/api/catalog/openapi.json' })
      expect(body.services.map(({ name }: { name: string }) => name)).toEqual(['auth', 'catalog', 'sales'])
    }
  })

  it.each(['/', '/api/payments/charges', '/api/web/', '/api/catalogue/books', '/readyz', '/metrics', '/API/catalog/x'])(
    'knows no %s',
    async (path) => {
      expect(await ask('GET', path)).toMatchObject(problem(404, 'not-found'))
    },
  )

  it.each([
    '/api/catalog/../sales/cart',
    '/api/catalog/%2e%2e/sales/cart',
    '/api//catalog/echo',
    '/api/catalog//echo',
    '/api/catalog%2fecho',
    '/api/catalog/..%5c',
    '/api/catalog/echo\\..',
  ])('refuses %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('"code":"invalid-path"')
    expect(catalog.seen).toEqual([])
  })

  it.each([
    [
      'a target in absolute form',
      'GET http://catalog/api/catalog/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
    ['TRACE', 'TRACE /api/catalog/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['CONNECT', 'CONNECT catalog:80 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['two lengths', 'POST /api/catalog/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'length and chunks',
      'POST /api/catalog/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header with a line break', 'GET /api/catalog/echo HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n'],
    ['headers past the limit', `GET /api/catalog/echo HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('never forwards %s', async (_, bytes) => {
    const answer = await raw(bytes)
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1.1 4/)
    expect(catalog.seen).toEqual([])
  })

  it('asks an upgrade like any other request', async () => {
    const answer = await raw(
      'GET /api/catalog/nothing HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1.1 204 /)
    expect(catalog.seen[0]?.headers).not.toHaveProperty('upgrade')
  })
})

describe('limits', () => {
  it('refuses a body that says it is too large, without sending it on', async () => {
    const reply = await ask('PUT', '/api/sales/cart', { body: Buffer.alloc(300 * 1024) })
    expect(reply).toMatchObject(problem(413, 'too-large'))
  })

  it('refuses a body that turns out to be too large', async () => {
    async function* endless() {
      for (let part = 0; part < 200; part++) yield Buffer.alloc(64 * 1024)
    }
    const reply = await pool.request({ method: 'PUT', path: '/api/catalog/echo', body: Readable.from(endless()) })
    expect(reply.statusCode).toBe(413)
    expect(await reply.body.json()).toMatchObject({ code: 'too-large' })
    await until('the service was told', () => catalog.seen[0]?.aborted === true)
  })

  it('takes a cover', async () => {
    const reply = await ask('PUT', '/api/catalog/echo', { body: Buffer.alloc(5_000_000) })
    expect(reply).toMatchObject({ status: 200, body: { size: 5_000_000 } })
  })

  it('gives the answer to a client that is still sending', async () => {
    const reply = await ask('PUT', '/api/catalog/refused', { body: Buffer.alloc(7_000_000) })
    expect(reply.status).toBe(401)
  })

  it('bounds what is under way at a service, and at that one alone', async () => {
    const auth = await startFixture(shop.socket('auth'))
    const held = Array.from({ length: 512 }, () => pool.request({ method: 'GET', path: '/api/catalog/held' }))
    await until('all are under way', () => catalog.seen.length === 512)
    const shed = await ask('GET', '/api/catalog/echo')
    expect(shed).toMatchObject(problem(503, 'busy'))
    expect(shed.headers['retry-after']).toBe('1')
    expect((await ask('GET', '/api/auth/echo')).status).toBe(200)
    catalog.release()
    for (const reply of await Promise.all(held)) expect(await reply.body.text()).toBe('released')
    expect((await ask('GET', '/api/catalog/echo')).status).toBe(200)
    await auth.stop()
  })
})

describe('a client that goes away', () => {
  it('ends its request at the service', async () => {
    const leave = new AbortController()
    const asked = pool.request({ method: 'GET', path: '/api/catalog/held', signal: leave.signal })
    await until('it is under way', () => catalog.seen.length === 1)
    leave.abort()
    await expect(asked).rejects.toThrow()
    await until('the service knows', () => catalog.seen[0]?.aborted === true)
    const { body } = await shop.request('gateway', 'GET', '/metrics', { internal: true })
    expect(body).toMatch(/gateway_in_flight\{service="catalog".*\} 0/)
  })
})

describe('a broken service', () => {
  it('that is not there is unavailable, for any method', async () => {
    for (const method of ['GET', 'POST']) {
      const started = performance.now()
      const reply = await ask(method, '/api/sales/orders', method === 'POST' ? { body: {} } : {})
      expect(reply).toMatchObject(problem(503, 'unavailable'))
      expect(reply.headers['retry-after']).toBe('1')
      expect(performance.now() - started).toBeLessThan(2_500)
    }
  })

  it('that cuts the connection is asked again for a GET, and never for a POST', async () => {
    expect(await ask('POST', '/api/catalog/reset', { body: {} })).toMatchObject(problem(503, 'unavailable'))
    expect(catalog.seen).toHaveLength(1)
    expect(await ask('GET', '/api/catalog/reset')).toMatchObject(problem(503, 'unavailable'))
    expect(catalog.seen.length).toBeGreaterThan(3)
  })

  it('that breaks off in the middle of an answer breaks it off for the client, too', async () => {
    const reply = await pool.request({ method: 'GET', path: '/api/catalog/half' })
    await expect(reply.body.text()).rejects.toThrow()
    expect(catalog.seen).toHaveLength(1)
  })

  it('that speaks no HTTP is unavailable', async () => {
    expect(await ask('POST', '/api/catalog/garbage', { body: {} })).toMatchObject(problem(503, 'unavailable'))
  })

  it('that NGINX does not reach is asked again for a GET; then its excuse stands', async () => {
    expect(await ask('GET', '/api/catalog/excuse')).toMatchObject({ status: 503 })
    expect(catalog.seen.length).toBeGreaterThan(3)
    const before = catalog.seen.length
    expect(await ask('POST', '/api/catalog/excuse')).toMatchObject({ status: 503 })
    expect(catalog.seen).toHaveLength(before + 1)
  })

  it('that restarts is not felt: what was never sent is sent when it is back', async () => {
    await catalog.stop()
    const asked = [
      ask('GET', '/api/catalog/echo'),
      ask('POST', '/api/catalog/echo', { body: { title: 'Niebla' } }),
      ask('PUT', '/api/catalog/echo', { body: Buffer.alloc(200_000) }),
    ]
    const retries = async () => {
      const { body } = await shop.request('gateway', 'GET', '/metrics', { internal: true })
      return Number(/gateway_retries_total\{service="catalog".*\} (\d+)/.exec(body)?.[1] ?? 0)
    }
    const before = await retries()
    await until('they have been tried', async () => (await retries()) > before)
    catalog = await startFixture(shop.socket('catalog'))
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(catalog.seen).toHaveLength(3)
  })
})

describe('SIGTERM', () => {
  it('lets what is in flight finish', async () => {
    const held = pool.request({ method: 'GET', path: '/api/catalog/held' })
    await until('it is under way', () => catalog.seen.length === 1)
    const stopped = shop.stop('gateway', 'SIGTERM')
    await until('it drains', () => shop.log('gateway').includes('"draining"'))
    catalog.release()
    expect(await (await held).body.text()).toBe('released')
    await stopped
    expect(shop.log('gateway')).toContain('"stopped"')
    await shop.start('gateway')
  })
})
