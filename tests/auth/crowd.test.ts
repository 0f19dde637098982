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

/** Seconds that two hundred password hashes take here and now, from how long twenty take. */
async function secondsForTheClassroom(): Promise<number> {
  const started = performance.now()
  await Promise.all(Array.from({ length: 20 }, () => ana.register(newEmail())))
  return (performance.now() - started) / 100
}

const waiting = async (): Promise<number> => {
  const { body } = await shop.request('auth', 'GET', '/metrics', { internal: true })
  return Number(/auth_hashes_waiting\{.*\} (\d+)/.exec(body)?.[1])
}

describe('a classroom behind one address', () => {
  it('registers, two hundred at once, then logs in', async () => {
    const from = newAddress()
    const emails = Array.from({ length: 200 }, newEmail)
    const isFast = (await secondsForTheClassroom()) < 6
    let left = emails
    // A machine that is busy with something else turns some away; they come again, as they are told.
    for (let round = 0; round < (isFast ? 1 : 5) && left.length > 0; round++) {
      const replies = await Promise.all(left.map((email) => ana.register(email, { from })))
      for (const { status, body } of replies)
        expect(status, JSON.stringify(body)).toBeOneOf(isFast ? [201] : [201, 503])
      left = left.filter((_, at) => replies[at]?.status === 503)
    }
    expect(left).toEqual([])
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
    expect((await ana.me(accessToken)).status).toBe(200)
    expect(await waiting()).toBeGreaterThan(0)
    // Who goes away gives up the turn.
    await flood.destroy()
    await settled
    await until('nobody waits', async () => (await waiting()) === 0, 5_000)
    expect((await ana.register(newEmail())).status).toBe(201)
  })
})
