import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { newAddress, newEmail, password, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>
let bearer: { authorization: string }

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'] })
  ana = reader(shop)
  const susana = await ana.enter(taken)
  bearer = { authorization: `Bearer ${susana.accessToken}` }
})
afterAll(() => shop?.close())

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

const values: [string, unknown][] = [
  ['null', null],
  ['a number', 42],
  ['a boolean', true],
  ['an array', ['a@example.com']],
  ['an object', { $ne: null }],
  ['an empty text', ''],
  ['NUL', 'a\0b@example.com'],
  ['a lone surrogate', 'a\ud800'],
  ['control characters', 'a\u001b[31m\u0007'],
  ['SQL', `'; drop table users; --`],
  ['HTML', '<img src=x onerror=alert(1)>'],
  ['a format string', '%s%n%x{{7*7}}$(id)'],
  ['a line break', 'a\r\nSet-Cookie: x=1'],
  ['right-to-left', '\u202egnp.exe'],
  ['a long text', 'x'.repeat(100_000)],
  ['deep nesting', deep(2_000)],
]

const taken = newEmail()

/** Bodies that are valid and yet refused, so that one hostile field never makes something. */
const bodies: [string, string, Record<string, unknown>][] = [
  ['POST', '/auth/register', { email: taken, password, name: 'Ana', language: 'es' }],
  ['POST', '/auth/login', { email: taken, password: 'another evening' }],
  ['POST', '/auth/refresh', { refreshToken: 'x' }],
  ['PUT', '/auth/me/password', { current: 'another evening', new: 'short' }],
  ['PATCH', '/auth/me', { language: 'fr', name: '' }],
]

const send = (method: string, path: string, body: unknown) =>
  shop.request('auth', method, path, {
    body,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': newAddress(), ...bearer },
  })

describe.each(bodies)('%s %s', (method, path, valid) => {
  it.each(values)('refuses %s in any field', async (_, value) => {
    for (const field of Object.keys(valid)) {
      const { status, body } = await send(method, path, JSON.stringify({ ...valid, [field]: value }))
      expect(status, `${field}: ${JSON.stringify(body)}`).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(body.code).toEqual(expect.any(String))
    }
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{"email":'],
    ['a text', '"x"'],
    ['a number', '1e999'],
    ['null', 'null'],
    ['an array', '[]'],
    ['__proto__', JSON.stringify(valid).replace('{', '{"__proto__":{"admin":true},')],
    ['constructor', JSON.stringify(valid).replace('{', '{"constructor":{"prototype":{"admin":true}},')],
    ['deep nesting', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['too much', `"${'x'.repeat(300_000)}"`],
  ])('refuses a body of %s', async (_, body) => {
    const reply = await send(method, path, body)
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.status).toBeLessThan(500)
  })
})

describe('PATCH /auth/me, with one field alone', () => {
  it.each(values)('keeps %s as a name or refuses it, and never takes it for a language', async (_, value) => {
    const named = await send('PATCH', '/auth/me', JSON.stringify({ name: value }))
    expect(named.status, JSON.stringify(named.body)).toBeOneOf([200, 422])
    if (named.status === 200) expect(named.body).toMatchObject({ email: taken, name: value, roles: [] })
    expect((await send('PATCH', '/auth/me', JSON.stringify({ language: value }))).status).toBe(422)
    expect(await send('GET', '/auth/me', undefined)).toMatchObject({ status: 200, body: { language: null } })
  })
})

describe('DELETE /auth/sessions/:id', () => {
  it.each([
    ['no id', 'x'],
    ['an id of nobody', '00000000-0000-4000-8000-000000000000'],
    ['SQL', `'%20or%201=1%20--`],
    ['another path', '..%2f..%2fsessions'],
    ['NUL', '%00'],
    ['half an escape', '%'],
    ['a long text', 'x'.repeat(5_000)],
  ])('finds nothing at %s', async (_, id) => {
    expect((await send('DELETE', `/auth/sessions/${id}`, undefined)).status).toBe(404)
    expect((await send('GET', '/auth/me', undefined)).status).toBe(200)
  })
})

describe('what is strange and yet a name or password', () => {
  it.each(['<script>alert(1)</script>', `Robert'); DROP TABLE users;--`, '%s %n {{7*7}}', 'ნინო 李 🦊'])(
    'is kept as it is: %s',
    async (name) => {
      const email = newEmail()
      const odd = `${name} y la contraseña`
      expect(await ana.post('/auth/register', { email, password: odd, name })).toMatchObject({
        status: 201,
        body: { name },
      })
      const { body } = await ana.login(email, { password: odd })
      expect(await ana.me(body.accessToken)).toMatchObject({ status: 200, body: { name } })
    },
  )
})

describe('headers', () => {
  it('of any kind lead to 4xx at most', async () => {
    const strange = ['Bearer ', 'Bearer a.b.c', `Bearer ${'x'.repeat(9_000)}`, 'Bearer é', "Bearer ' or 1=1 --", '\t']
    for (const authorization of strange) {
      const { status } = await shop.request('auth', 'GET', '/auth/me', { headers: { authorization } })
      expect(status).toBe(401)
    }
    const from = `' or 1=1 --${'x'.repeat(2_000)}`
    expect((await ana.login(newEmail(), { from })).status).toBe(401)
  })

  it('that name a browser are kept short and on one line', async () => {
    const { email } = await ana.enter()
    const agent = `Lector\t1.0 \u009b31m\u00ad<b>' or 1=1 --${'x'.repeat(9_000)}`
    const { status, body } = await ana.login(email, { agent })
    expect(status).toBe(200)
    const { items } = (await ana.sessions(body.accessToken)).body
    expect(items[0].agent).toHaveLength(200)
    expect(items[0].agent).toMatch(/^Lector1\.0 31m<b>' or 1=1 --x+$/)
  })

  it('of another media type are refused', async () => {
    const body = JSON.stringify({ email: newEmail(), password, name: 'Ana' })
    const headers = { 'content-type': 'text/plain', 'x-forwarded-for': newAddress() }
    expect((await shop.request('auth', 'POST', '/auth/register', { body, headers })).status).toBe(415)
  })
})
