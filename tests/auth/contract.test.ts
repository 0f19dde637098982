import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { newAddress, newEmail, password, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'] })
  ana = reader(shop)
})
afterAll(() => shop?.close())

const problem = (status: number, code: string) => ({
  status,
  headers: expect.objectContaining({ 'content-type': expect.stringContaining('application/problem+json') }),
  body: expect.objectContaining({ status, code }),
})

describe('POST /auth/register', () => {
  it('makes a user, in one form of e-mail and name', async () => {
    const email = newEmail()
    const reply = await ana.post('/auth/register', {
      email: ` ${email.replace('example.com', 'EXAMPLE.com')} `,
      password,
      name: ' Ana  García ',
    })
    expect(reply).toMatchObject({
      status: 201,
      body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), email, name: 'Ana García', roles: [], language: null },
    })
    expect(Object.keys(reply.body).sort()).toEqual(['email', 'id', 'language', 'name', 'roles'])
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', location: '/api/auth/me' })
  })

  it('refuses an address that somebody has, whatever its case', async () => {
    const email = newEmail()
    await ana.register(email)
    expect(await ana.register(email)).toMatchObject(problem(409, 'email-taken'))
    expect(await ana.register(email.toUpperCase())).toMatchObject(problem(409, 'email-taken'))
  })

  it('has one winner of many at once', async () => {
    const email = newEmail()
    const replies = await Promise.all(Array.from({ length: 16 }, () => ana.register(email)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(15)
  })

  it.each([
    ['too short', 'short'],
    ['common', 'Password123!'],
    ['its own e-mail', 'susana@example.com'],
  ])('refuses a weak password: %s', async (_, weak) => {
    const reply = await ana.post('/auth/register', { email: 'susana@example.com', password: weak, name: 'Susana' })
    expect(reply).toMatchObject(problem(422, 'weak-password'))
    expect(reply.body.errors).toEqual([{ field: 'password', message: expect.any(String) }])
  })

  it('names every field that is not valid, and unknown ones', async () => {
    const reply = await ana.post('/auth/register', {
      email: 'nobody',
      password: 'x'.repeat(257),
      name: '\u0007',
      language: 'fr',
      roles: ['admin'],
    })
    expect(reply).toMatchObject(problem(422, 'invalid-body'))
    const fields = (reply.body.errors as { field: string }[]).map(({ field }) => field)
    expect(fields.sort()).toEqual(['email', 'language', 'name', 'password', 'roles'])
  })

  it('takes the longest password whole', async () => {
    const email = newEmail()
    const long = `${'sentence '.repeat(28)}9999`
    expect(long).toHaveLength(256)
    await ana.post('/auth/register', { email, password: long, name: 'Ana' })
    expect(await ana.login(email, { password: long })).toMatchObject({ status: 200 })
    expect(await ana.login(email, { password: `${long.slice(0, -1)}8` })).toMatchObject({ status: 401 })
  })

  it('counts conflicts by address, and then registers nobody from there', async () => {
    const from = newAddress()
    const email = newEmail()
    await ana.register(email, { from })
    for (let count = 0; count < 30; count++) expect((await ana.register(email, { from })).status).toBe(409)
    const limited = await ana.register(newEmail(), { from })
    expect(limited).toMatchObject(problem(429, 'too-many-requests'))
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(1)
    expect((await ana.register(newEmail())).status).toBe(201)
  })
})

describe('POST /auth/login', () => {
  it('gives tokens that verify with the public keys', async () => {
    const email = newEmail()
    const { body: user } = await ana.register(email)
    const { status, body, headers } = await ana.login(` ${email.toUpperCase()} `)
    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(Object.keys(body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'user'])
    expect(body.user).toEqual(user)
    const keys = await shop.request('auth', 'GET', '/auth/.well-known/jwks.json')
    const { payload, protectedHeader } = await jwtVerify(body.accessToken, createLocalJWKSet(keys.body))
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    const { iat = 0, exp = 0, ...claims } = payload
    expect(exp - iat).toBe(300)
    expect(claims).toEqual({
      sub: user.id,
      sid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: user.email,
      name: user.name,
      roles: [],
      iss: shop.siteUrl,
      aud: 'bookstore',
    })
  })

  it('answers the same to a wrong password, an unknown address and what is no address', async () => {
    const email = newEmail()
    await ana.register(email)
    const wrong = await ana.login(email, { password: 'another evening' })
    expect(wrong).toMatchObject(problem(401, 'invalid-credentials'))
    expect((await ana.login(newEmail())).body).toEqual(wrong.body)
    expect((await ana.login('nobody')).body).toEqual(wrong.body)
  })

  it('takes as long for an unknown address as for a wrong password', async () => {
    const email = newEmail()
    await ana.register(email)
    const timed = async (address: string) => {
      const started = performance.now()
      expect((await ana.login(address, { password: 'another evening' })).status).toBe(401)
      return performance.now() - started
    }
    const known: number[] = []
    const unknown: number[] = []
    for (let round = 0; round < 9; round++) {
      known.push(await timed(email))
      unknown.push(await timed(newEmail()))
    }
    const median = (of: number[]) => of.sort((a, b) => a - b)[4] ?? 0
    // An answer without a hash would take a twentieth.
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5)
    expect(median(unknown) / median(known)).toBeLessThan(2)
  })

  it('stops guesses at an account from one address, and lets its owner in from another', async () => {
    const email = newEmail()
    const from = newAddress()
    await ana.register(email)
    for (let guess = 0; guess < 10; guess++)
      expect((await ana.login(email, { from, password: `evening ${guess}` })).status).toBe(401)
    const limited = await ana.login(email, { from })
    expect(limited).toMatchObject(problem(429, 'too-many-requests'))
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(1)
    expect((await ana.login(newEmail(), { from })).status).toBe(401)
    expect((await ana.login(email)).status).toBe(200)
  })

  it('tells nothing of an account that does not exist by its limit', async () => {
    const email = newEmail()
    const from = newAddress()
    for (let guess = 0; guess < 10; guess++) await ana.login(email, { from })
    expect((await ana.login(email, { from })).status).toBe(429)
  })

  it('answers few guesses of many at once', async () => {
    const email = newEmail()
    const from = newAddress()
    await ana.register(email)
    const guesses = Array.from({ length: 30 }, (_, guess) => ana.login(email, { from, password: `evening ${guess}` }))
    const answered = (await Promise.all(guesses)).filter(({ status }) => status === 401)
    expect(answered.length).toBeGreaterThanOrEqual(10)
    expect(answered.length).toBeLessThanOrEqual(16)
  })

  it('forgets failures after the right password', async () => {
    const email = newEmail()
    const from = newAddress()
    await ana.register(email)
    for (let round = 0; round < 2; round++) {
      for (let guess = 0; guess < 6; guess++) await ana.login(email, { from, password: 'another evening' })
      expect((await ana.login(email, { from })).status).toBe(200)
    }
  })
})

describe('GET /auth/me', () => {
  it('tells who calls', async () => {
    const { accessToken, id, email } = await ana.enter()
    expect(await ana.me(accessToken)).toMatchObject({ status: 200, body: { id, email, roles: [] } })
  })

  it.each([
    ['no token', undefined, 'unauthenticated'],
    ['another scheme', 'Basic YTpi', 'unauthenticated'],
    ['no JWT', 'Bearer abc', 'invalid-token'],
    ['alg none', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', 'invalid-token'],
  ])('refuses %s', async (_, authorization, code) => {
    const reply = await shop.request('auth', 'GET', '/auth/me', { headers: authorization ? { authorization } : {} })
    expect(reply).toMatchObject(problem(401, code))
    expect(reply.headers['www-authenticate']).toBe('Bearer')
  })

  it('refuses a token whose claims were changed', async () => {
    const { accessToken } = await ana.enter()
    const [head, , signature] = accessToken.split('.')
    const forged = Buffer.from(JSON.stringify({ sub: 'root' })).toString('base64url')
    expect(await ana.me(`${head}.${forged}.${signature}`)).toMatchObject(problem(401, 'invalid-token'))
  })
})

describe('keys', () => {
  it('are public halves only, cacheable, and the ones that tokens name', async () => {
    const { accessToken } = await ana.enter()
    const reply = await shop.request('auth', 'GET', '/auth/.well-known/jwks.json')
    expect(reply.headers['cache-control']).toBe('public, max-age=300')
    for (const key of reply.body.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    }
    const kids = (reply.body.keys as { kid: string }[]).map(({ kid }) => kid)
    expect(kids).toContain(decodeProtectedHeader(accessToken).kid)
    const internal = await shop.request('auth', 'GET', '/jwks', { internal: true })
    expect(internal.body).toEqual(reply.body)
  })
})

describe('the contract', () => {
  it('is OpenAPI 3.1 with every call', async () => {
    const { body, status } = await shop.request('auth', 'GET', '/auth/openapi.json')
    expect(status).toBe(200)
    expect(body.openapi).toBe('3.1.0')
    const calls = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    )
    expect(calls.sort()).toEqual([
      'delete /auth/me',
      'delete /auth/sessions/{id}',
      'get /auth/.well-known/jwks.json',
      'get /auth/me',
      'get /auth/sessions',
      'patch /auth/me',
      'post /auth/login',
      'post /auth/logout',
      'post /auth/refresh',
      'post /auth/register',
      'put /auth/me/password',
    ])
    const register = body.paths['/auth/register'].post
    expect(register.requestBody.content['application/json'].schema).toMatchObject({
      type: 'object',
      required: ['email', 'password', 'name'],
      additionalProperties: false,
    })
  })

  it('keeps internal calls off the public socket', async () => {
    for (const path of ['/jwks', '/revoked-sessions', '/readyz', '/livez', '/metrics'])
      expect((await shop.request('auth', 'GET', path)).status).toBe(404)
  })

  it('has metrics of what an operator watches', async () => {
    const { body } = await shop.request('auth', 'GET', '/metrics', { internal: true })
    for (const name of ['auth_logins_total', 'auth_hashes_waiting', 'outbox_lag_seconds', 'database_connections'])
      expect(body).toContain(name)
  })
})
