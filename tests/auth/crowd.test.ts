import { Pool } from 'undici'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { newAddress, newEmail, password, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'] })
  ana = reader(shop)
})
afterAll(() => shop?.close())

describe('a classroom behind one address', () => {
  it('registers, two hundred at once, then logs in', async () => {
    const from = newAddress()
    const emails = Array.from({ length: 200 }, newEmail)
    const registered = await Promise.all(emails.map((email) => ana.register(email, { from })))
    expect(registered.map(({ status }) => status)).toEqual(emails.map(() => 201))
    const entered = await Promise.all(emails.slice(0, 40).map((email) => ana.login(email, { from })))
    expect(new Set(entered.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('a flood', () => {
  it('is turned away at once where it is too much, while the rest is answered, and leaves nothing behind', async () => {
    const { accessToken } = await ana.enter()
    const flood = new Pool('http://auth', { connections: 600, connect: { socketPath: shop.socket('auth') } })
    const shed: Reply[] = []
    const crowd = Array.from({ length: 600 }, async () => {
      const reply = await flood.request({
        method: 'POST',
        path: '/auth/register',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': newAddress() },
        body: JSON.stringify({ email: newEmail(), password, name: 'Nobody' }),
      })
      const body = (await reply.body.json()) as Reply['body']
      if (reply.statusCode === 503) shed.push({ status: 503, headers: reply.headers, body })
    })
    const settled = Promise.allSettled(crowd)
    await until('some are turned away', () => shed.length >= 100)
    for (const { body, headers } of shed) {
      expect(body.code).toBe('busy')
      expect(headers['retry-after']).toBe('2')
    }
    // Who hashes nothing does not wait for those that do.
    const started = performance.now()
    expect((await ana.me(accessToken)).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(1_500)
    // Who goes away gives up the turn.
    await flood.destroy()
    await settled
    const after = performance.now()
    expect((await ana.register(newEmail())).status).toBe(201)
    expect(performance.now() - after).toBeLessThan(3_000)
  })
})
