import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { Client, request } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp, type Guard } from './app.ts'
import { endpoint, noContent, ok, principalOf } from './endpoint.ts'
import { drain, listen } from './listen.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { Problem } from './problem.ts'

const ana = { userId: 'u', sessionId: 's', email: 'ana@example.com', name: 'Ana', roles: [] }
const guard: Guard = {
  authenticate: async (authorization) => {
    if (authorization === 'Bearer good') return ana
    throw new Problem(401, 'unauthenticated', 'Log in first')
  },
}
const book = z.strictObject({ title: z.string().min(1) })
const any = { responses: { 200: z.any() }, summary: 'test' }
const endpoints = [
  endpoint({ ...any, method: 'post', path: '/t/books', access: 'public', body: book, handle: ({ body }) => ok(body) }),
  endpoint({
    ...any,
    method: 'get',
    path: '/t/books/:id',
    access: 'public',
    params: z.object({ id: z.uuid() }),
    handle: ({ params }) => ok(params),
  }),
  endpoint({ ...any, method: 'get', path: '/t/me', access: 'bearer', handle: (asked) => ok(principalOf(asked)) }),
  endpoint({
    ...any,
    method: 'get',
    path: '/t/maybe',
    access: 'optional',
    handle: ({ principal }) => ok({ name: principal?.name ?? null }),
  }),
  endpoint({ ...any, method: 'delete', path: '/t/books', access: 'public', handle: noContent }),
  endpoint({
    ...any,
    method: 'get',
    path: '/t/broken',
    access: 'public',
    handle: () => {
      throw new Error('secret detail')
    },
  }),
  endpoint({
    ...any,
    method: 'put',
    path: '/t/raw',
    access: 'public',
    raw: { types: ['image/png'], limit: 10 },
    handle: ({ body }) => ok({ size: (body as unknown as Buffer).length }),
  }),
]

let server: Server
let origin: string

beforeEach(async () => {
  const app = createApp(endpoints, { log: createLog('test', 'silent'), metrics: createMetrics('test'), guard })
  server = await listen(app.callback(), { host: '127.0.0.1', port: 0 })
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterEach(() => drain(server, 100))

const json = { 'content-type': 'application/json' }

async function call(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) {
  const answer = await request(origin + path, { method: method as 'GET', headers, body: body ?? null })
  const text = await answer.body.text()
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    headers: answer.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

describe('an application', () => {
  it('hands over what the schema let through', async () => {
    expect(await call('POST', '/t/books', '{"title":"Niebla"}', json)).toMatchObject({
      status: 200,
      body: { title: 'Niebla' },
    })
  })

  it.each([
    ['malformed JSON', '{', json, 400, 'malformed-json'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), json, 400, 'malformed-json'],
    ['another media type', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['no media type', '{}', {}, 415, 'unsupported-media-type'],
    ['a body past the limit', JSON.stringify({ title: 'x'.repeat(300_000) }), json, 413, 'too-large'],
    ['a wrong field', '{"title":1}', json, 422, 'invalid-body'],
  ])('answers %s with a problem', async (_, body, headers, status, code) => {
    const answer = await call('POST', '/t/books', body, headers as Record<string, string>)
    expect(answer).toMatchObject({ status, body: { status, code } })
    expect(answer.type).toMatch('application/problem+json')
  })

  it('answers a body past the limit that comes without its length, on a connection that goes on', async () => {
    const agent = new Client(origin)
    async function* endless() {
      for (let chunk = 0; chunk < 40; chunk++) yield Buffer.alloc(10_000, 0x20)
    }
    const large = await agent.request({
      method: 'POST',
      path: '/t/books',
      headers: json,
      body: Readable.from(endless()),
    })
    expect(large.statusCode).toBe(413)
    await large.body.dump()
    expect((await agent.request({ method: 'GET', path: '/t/maybe' })).statusCode).toBe(200)
    await agent.close()
  })

  it('answers 404 for what is not there, and for an id that has not the form of one', async () => {
    expect(await call('GET', '/t/nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(await call('GET', '/t/books/1')).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  it('answers 405 for another method and 4xx for a path that cannot be decoded', async () => {
    expect(await call('PATCH', '/t/books')).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } })
    expect((await call('GET', '/t/books/%ff')).status).toBeLessThan(500)
  })

  it('tells nothing of an unexpected error', async () => {
    const answer = await call('GET', '/t/broken')
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect(JSON.stringify(answer.body)).not.toContain('secret detail')
  })

  it('lets nobody in without a token where one is needed', async () => {
    expect(await call('GET', '/t/me')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(await call('GET', '/t/me', undefined, { authorization: 'Bearer good' })).toMatchObject({
      status: 200,
      body: { name: 'Ana' },
    })
    expect(await call('GET', '/t/maybe')).toMatchObject({ status: 200, body: { name: null } })
    expect(await call('GET', '/t/maybe', undefined, { authorization: 'Bearer bad' })).toMatchObject({ status: 401 })
  })

  it('keeps the status of an empty reply', async () => {
    expect(await call('DELETE', '/t/books')).toMatchObject({ status: 204, body: undefined })
  })

  it('takes raw bodies of the right type and size only', async () => {
    const png = { 'content-type': 'image/png' }
    expect(await call('PUT', '/t/raw', Buffer.alloc(10), png)).toMatchObject({ status: 200, body: { size: 10 } })
    expect(await call('PUT', '/t/raw', Buffer.alloc(11), png)).toMatchObject({ status: 413 })
    expect(await call('PUT', '/t/raw', Buffer.alloc(1), { 'content-type': 'image/svg+xml' })).toMatchObject({
      status: 415,
    })
  })

  it('passes on a request id of the right form and replaces any other', async () => {
    expect(
      (await call('GET', '/t/maybe', undefined, { 'x-request-id': 'abcdef0123456789' })).headers['x-request-id'],
    ).toBe('abcdef0123456789')
    expect((await call('GET', '/t/maybe', undefined, { 'x-request-id': '<script>' })).headers['x-request-id']).toMatch(
      /^[\w-]{36}$/,
    )
  })
})
