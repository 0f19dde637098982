import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'

let shop: TestShop

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'gateway'] })
})
afterAll(() => shop?.close())

describe('a visitor, through the gateway', () => {
  it('registers, logs in, is known, goes on, and logs out', async () => {
    const password = 'an evening in Comala'
    const ask = (method: string, path: string, options: object = {}) =>
      shop.request('gateway', method, `/api${path}`, options)
    const registered = await ask('POST', '/auth/register', {
      body: { email: ' Ana@Example.COM ', password, name: 'Ana' },
    })
    expect(registered).toMatchObject({ status: 201, body: { email: 'Ana@example.com', name: 'Ana', roles: [] } })
    const login = await ask('POST', '/auth/login', { body: { email: 'ana@example.com', password } })
    expect(login).toMatchObject({ status: 200, body: { expiresIn: 300, user: registered.body } })
    const bearer = { authorization: `Bearer ${login.body.accessToken}` }
    expect(await ask('GET', '/auth/me', { headers: bearer })).toMatchObject({ status: 200, body: registered.body })
    const refreshed = await ask('POST', '/auth/refresh', { body: { refreshToken: login.body.refreshToken } })
    expect(refreshed).toMatchObject({ status: 200, body: { user: registered.body } })
    expect(await ask('POST', '/auth/logout', { headers: bearer })).toMatchObject({ status: 204, body: '' })
    expect(await ask('GET', '/auth/me', { headers: bearer })).toMatchObject({
      status: 401,
      body: { code: 'session-ended' },
    })
    expect(await ask('POST', '/auth/refresh', { body: { refreshToken: refreshed.body.refreshToken } })).toMatchObject({
      status: 401,
      body: { code: 'session-ended' },
    })
  })
})
