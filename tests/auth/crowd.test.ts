import { randomBytes } from 'node:crypto'
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

/** Seconds that two hundred password hashes take here and now, from how long ten take. */
async function secondsForTheClassroom(): Promise<number> {
  const started = performance.now()
  await Promise.all(Array.from({ length: 10 }, () => ana.register(newEmail())))
  return (performance.now() - started) / 50
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
    const entered = await Promise.all(emails.slice(0, 20).map((email) => ana.login(email, { from })))
    expect(new Set(entered.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

/** So many registrations at once, each on a connection of its own, and the answers of those that were turned away. */
function flooded(most: number, from: () => string) {
  const pool = new Pool('http://auth', { connections: most, connect: { socketPath: shop.socket('auth') } })
  const shed: Reply[] = []
  const crowd = Array.from({ length: most }, async () => {
    const reply = await pool.request({
      method: 'POST',
      path: '/auth/register',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from() },
      body: JSON.stringify({ email: newEmail(), password, name: 'Nobody' }),
    })
    const body = (await reply.body.json()) as Reply['body']
    if (reply.statusCode === 503) shed.push({ status: 503, headers: reply.headers, body })
  })
  const settled = Promise.allSettled(crowd)
  return {
    shed,
    /** Everybody goes away. */
    end: async () => {
      await pool.destroy()
      await settled
    },
  }
}

describe('a flood', () => {
  it('is turned away at once where it is too much, while the rest is answered, and leaves nothing behind', async () => {
    const { accessToken } = await ana.enter()
    const { shed, end } = flooded(600, newAddress)
    await until('some are turned away', () => shed.length >= 100)
    for (const { body, headers } of shed) {
      expect(body.code).toBe('busy')
      expect(headers['retry-after']).toBe('2')
    }
    // Who hashes nothing does not wait for those that do.
    expect((await ana.me(accessToken)).status).toBe(200)
    expect(await waiting()).toBeGreaterThan(0)
    // Who goes away gives up the turn.
    await end()
    await until('nobody waits', async () => (await waiting()) === 0, 5_000)
    expect((await ana.register(newEmail())).status).toBe(201)
  })

  it('from one network leaves places in the queue to everybody else', async () => {
    const network = newAddress().replace(/1$/, '')
    const { shed, end } = flooded(360, () => `${network}${randomBytes(2).toString('hex')}`)
    await until('some are turned away', () => shed.length >= 50)
    expect(shed[0]?.body.code).toBe('busy')
    expect(await waiting()).toBeLessThanOrEqual(240)
    const others = Promise.all(Array.from({ length: 12 }, () => ana.register(newEmail())))
    // Somebody else takes a place behind the flood, and the turn when it has gone.
    await ana.me('none')
    await end()
    expect(new Set((await others).map(({ status }) => status))).toEqual(new Set([201]))
  })
})
