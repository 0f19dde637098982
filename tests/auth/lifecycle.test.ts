import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { newEmail, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>
let keysAtFirst: unknown[]

const sql = (text: string) =>
  asSuperuser(inject('cluster'), shop.databases.auth.role, async (client) => (await client.query(text)).rows)

/** Two instances, started at once on an empty database. Each test leaves the first one running. */
beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'], instances: { auth: 2 } })
  ana = reader(shop)
  keysAtFirst = await sql('select kid from signing_keys')
})
afterAll(() => shop?.close())

describe('two instances that start at once on an empty database', () => {
  it('make one signing key', () => {
    expect(keysAtFirst).toHaveLength(1)
  })
})

/** Registrations that this process of the first instance has answered. */
const registered = () => shop.log('auth').split('"path":"/auth/register","status":201').length - 1

describe('SIGTERM', () => {
  it('lets what is in flight finish, and ends with 0', async () => {
    const before = registered()
    const inFlight = Promise.all(Array.from({ length: 12 }, () => ana.register(newEmail())))
    await until('the first are registered', () => registered() > before)
    await shop.stop('auth', 'SIGTERM')
    expect((await inFlight).map(({ status }) => status)).toEqual(Array(12).fill(201))
    expect(shop.log('auth')).toContain('"msg":"stopped"')
    await shop.start('auth')
  })
})

describe('kill -9', () => {
  it('loses nothing that was answered, and the rest can be done again', async () => {
    const { accessToken, refreshToken } = await ana.enter()
    const { body: second } = await ana.refresh(refreshToken)
    const emails = Array.from({ length: 16 }, newEmail)
    const before = registered()
    const crowd = emails.map((email) => ana.register(email).catch(() => undefined))
    await until('some are registered', () => registered() > before + 2)
    await shop.stop('auth', 'SIGKILL')
    const replies = await Promise.all(crowd)
    await shop.start('auth')
    expect((await ana.me(accessToken)).status).toBe(200)
    // The answer to the refresh might have been lost as well: asked again, it is the same.
    expect((await ana.refresh(refreshToken)).body.refreshToken).toBe(second.refreshToken)
    for (const [at, email] of emails.entries()) {
      const again = await ana.register(email)
      expect(again.status).toBe(replies[at]?.status === 201 ? 409 : again.status === 409 ? 409 : 201)
      if (at % 5 === 0) expect((await ana.login(email)).status).toBe(200)
    }
  })
})

describe('another signing-key-key', () => {
  it('ends sessions, and the shop goes on with a new key', async () => {
    const { email, refreshToken } = await ana.enter()
    await ana.refresh(refreshToken)
    await sql(`update signing_keys set sealed_with = 'another', sealed = decode('00', 'hex')`)
    await shop.stop('auth', 'SIGTERM')
    await shop.start('auth')
    expect((await ana.login(email)).status).toBe(200)
    expect(shop.log('auth')).toContain('sealed with another signing-key-key')
    expect((await shop.request('auth', 'GET', '/jwks', { internal: true })).body.keys).toHaveLength(2)
    expect(await sql(`select 1 from signing_keys where sealed_with <> 'another'`)).toHaveLength(1)
  })
})

describe('the log', () => {
  it('holds no password, token, key or hash, whatever fails', async () => {
    const email = newEmail()
    const secret = 'sentinel-password-in-no-log'
    await ana.post('/auth/register', { email, password: secret, name: 'Ana' })
    await ana.post('/auth/register', { email, password: secret, name: 'Ana' })
    await ana.post('/auth/register', { email, password: secret, name: 'Ana', extra: secret })
    await ana.post('/auth/login', { email, password: `${secret}!` })
    const { body } = await ana.login(email, { password: secret })
    await ana.me(body.accessToken)
    await ana.me(`${body.accessToken}x`)
    const { body: next } = await ana.refresh(body.refreshToken)
    const another = 'another-sentinel-in-no-log'
    expect((await ana.changePassword(next.accessToken, { current: another, new: secret })).status).toBe(401)
    await ana.changePassword(next.accessToken, { current: secret, new: another })
    await ana.refresh(next.refreshToken)
    await ana.refresh(body.refreshToken)
    await shop.request('auth', 'POST', '/auth/login', {
      body: `{"password":"${secret}`,
      headers: { 'content-type': 'application/json' },
    })
    await sql('alter table sessions rename to elsewhere')
    try {
      expect(await ana.login(email, { password: another })).toMatchObject({ status: 500, body: { code: 'internal' } })
    } finally {
      await sql('alter table elsewhere rename to sessions')
    }
    await shop.stop('auth', 'SIGTERM')
    const log = shop.log('auth')
    expect(log).toContain('"path":"/auth/login"')
    await shop.start('auth')
    const planted = [
      secret,
      another,
      body.accessToken,
      body.refreshToken,
      next.refreshToken,
      next.accessToken,
      'argon2id',
      'PRIVATE KEY',
    ]
    for (const text of planted) expect(log).not.toContain(text)
    expect(log).not.toContain(shop.databases.auth.password)
  })
})
