import { afterEach, describe, expect, inject, it } from 'vitest'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { newEmail, reader } from './people.ts'

let shop: TestShop | undefined
afterEach(() => shop?.close())

async function started(instances = 1): Promise<TestShop> {
  shop = await startShop(inject('cluster'), { services: ['auth'], instances: { auth: instances } })
  return shop
}

describe('two instances that start at once on an empty database', () => {
  it('make one signing key', async () => {
    const { databases } = await started(2)
    const keys = await asSuperuser(inject('cluster'), databases.auth.role, (client) =>
      client.query('select kid from signing_keys'),
    )
    expect(keys.rows).toHaveLength(1)
  })
})

describe('SIGTERM', () => {
  it('lets what is in flight finish, and ends with 0', async () => {
    const running = await started()
    const ana = reader(running)
    const inFlight = Promise.all(Array.from({ length: 20 }, () => ana.register(newEmail())))
    await until('the first are registered', () => running.log('auth').includes('"status":201'))
    await running.stop('auth', 'SIGTERM')
    expect((await inFlight).map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(running.log('auth')).toContain('"msg":"stopped"')
  })
})

describe('kill -9', () => {
  it('loses nothing that was answered, and the rest can be done again', async () => {
    const running = await started()
    const ana = reader(running)
    const { accessToken, refreshToken } = await ana.enter()
    const { body: second } = await ana.refresh(refreshToken)
    const emails = Array.from({ length: 30 }, newEmail)
    const crowd = emails.map((email) => ana.register(email).catch(() => undefined))
    await until('some are registered', () => running.log('auth').split('"status":201').length > 4)
    await running.stop('auth', 'SIGKILL')
    const replies = await Promise.all(crowd)
    await running.start('auth')
    expect((await ana.me(accessToken)).status).toBe(200)
    // The answer to the refresh might have been lost as well: asked again, it is the same.
    expect((await ana.refresh(refreshToken)).body.refreshToken).toBe(second.refreshToken)
    for (const [at, email] of emails.entries()) {
      const again = await ana.register(email)
      expect(again.status).toBe(replies[at]?.status === 201 ? 409 : again.status === 409 ? 409 : 201)
      if (at % 6 === 0) expect((await ana.login(email)).status).toBe(200)
    }
  })
})

describe('another signing-key-key', () => {
  it('ends sessions, and the shop goes on with a new key', async () => {
    const running = await started()
    const ana = reader(running)
    const { email, refreshToken } = await ana.enter()
    await ana.refresh(refreshToken)
    await asSuperuser(inject('cluster'), running.databases.auth.role, (client) =>
      client.query(`update signing_keys set sealed_with = 'another', sealed = decode('00', 'hex')`),
    )
    await running.stop('auth', 'SIGTERM')
    await running.start('auth')
    expect((await ana.login(email)).status).toBe(200)
    expect(running.log('auth')).toContain('sealed with another signing-key-key')
    expect((await running.request('auth', 'GET', '/jwks', { internal: true })).body.keys).toHaveLength(2)
  })
})

describe('the log', () => {
  it('holds no password, token, key or hash, whatever fails', async () => {
    const running = await started()
    const ana = reader(running)
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
    await ana.refresh(next.refreshToken)
    await ana.refresh(body.refreshToken)
    await running.request('auth', 'POST', '/auth/login', {
      body: `{"password":"${secret}`,
      headers: { 'content-type': 'application/json' },
    })
    await asSuperuser(inject('cluster'), running.databases.auth.role, async (client) => {
      await client.query('alter table sessions rename to elsewhere')
    })
    expect(await ana.login(email, { password: secret })).toMatchObject({ status: 500, body: { code: 'internal' } })
    await running.stop('auth', 'SIGTERM')
    const log = running.log('auth')
    expect(log).toContain('"path":"/auth/login"')
    const planted = [
      secret,
      body.accessToken,
      body.refreshToken,
      next.refreshToken,
      next.accessToken,
      'argon2id',
      'PRIVATE KEY',
    ]
    for (const text of planted) expect(log).not.toContain(text)
    expect(log).not.toContain(running.databases.auth.password)
  })
})
