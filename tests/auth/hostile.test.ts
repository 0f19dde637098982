import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { newAddress, newEmail, password, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'] })
  ana = reader(shop)
  await ana.register(taken)
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
const bodies: [string, Record<string, unknown>][] = [
  ['/auth/register', { email: taken, password, name: 'Ana' }],
  ['/auth/login', { email: taken, password: 'another evening' }],
  ['/auth/refresh', { refreshToken: 'x' }],
]

describe.each(bodies)('POST %s', (path, valid) => {
  it.each(values)('refuses %s in any field', async (_, value) => {
    for (const field of Object.keys(valid)) {
      const { status, body } = await ana.post(path, { ...valid, [field]: value })
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
    const reply = await shop.request('auth', 'POST', path, { body, headers: { 'content-type': 'application/json' } })
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(reply.status).toBeLessThan(500)
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

  it('of another media type are refused', async () => {
    const body = JSON.stringify({ email: newEmail(), password, name: 'Ana' })
    const headers = { 'content-type': 'text/plain', 'x-forwarded-for': newAddress() }
    expect((await shop.request('auth', 'POST', '/auth/register', { body, headers })).status).toBe(415)
  })
})
