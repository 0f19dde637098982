import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop } from '../support/shop.ts'
import { newAddress, newEmail, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'], instances: { auth: 2 } })
  ana = reader(shop)
})
afterAll(() => shop?.close())

const sql = (text: string, values: unknown[] = []) =>
  asSuperuser(inject('cluster'), shop.databases.auth.role, async (client) => (await client.query(text, values)).rows)
const sessionOf = (accessToken: string) => String(decodeJwt(accessToken).sid)
const ended = { status: 401, body: { code: 'session-ended' } }

describe('a refresh', () => {
  it('goes on with the same session, by a new token', async () => {
    const { accessToken, refreshToken, id } = await ana.enter()
    const next = await ana.refresh(refreshToken)
    expect(next).toMatchObject({ status: 200, body: { expiresIn: 300, user: { id } } })
    expect(next.body.refreshToken).not.toBe(refreshToken)
    expect(sessionOf(next.body.accessToken)).toBe(sessionOf(accessToken))
    expect((await ana.me(next.body.accessToken)).status).toBe(200)
  })

  it('repeated before its successor was used has the same successor, after a lost answer or on another instance', async () => {
    const { refreshToken } = await ana.enter()
    const first = await ana.refresh(refreshToken)
    const again = await ana.refresh(refreshToken, { instance: 2 })
    expect(again.body.refreshToken).toBe(first.body.refreshToken)
    expect((await ana.refresh(again.body.refreshToken)).status).toBe(200)
  })

  it('fifty times at once, on two instances, has one successor', async () => {
    const { refreshToken } = await ana.enter()
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, at) => ana.refresh(refreshToken, { instance: 1 + (at % 2) })),
    )
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(replies.map(({ body }) => body.refreshToken)).size).toBe(1)
    expect((await ana.refresh(replies[0]?.body.refreshToken)).status).toBe(200)
  })

  it('of a token whose successor was used ends the family', async () => {
    const { accessToken, refreshToken } = await ana.enter()
    const { body: second } = await ana.refresh(refreshToken)
    const { body: third } = await ana.refresh(second.refreshToken)
    expect(await ana.refresh(refreshToken)).toMatchObject(ended)
    expect(await ana.refresh(third.refreshToken, { instance: 2 })).toMatchObject(ended)
    expect(await ana.me(accessToken)).toMatchObject(ended)
    expect(await ana.me(third.accessToken, 2)).toMatchObject(ended)
  })

  it('leaves the other sessions of the user alone', async () => {
    const { email, refreshToken } = await ana.enter()
    const other = (await ana.login(email)).body
    const { body: second } = await ana.refresh(refreshToken)
    await ana.refresh(second.refreshToken)
    await ana.refresh(refreshToken)
    expect((await ana.refresh(other.refreshToken)).status).toBe(200)
  })

  it('of what is no token of ours is refused', async () => {
    for (const token of ['', 'abc', 'A'.repeat(43), 'x'.repeat(512)])
      expect(await ana.refresh(token)).toMatchObject({ status: 401, body: { code: 'invalid-refresh-token' } })
  })

  it('moves the end of the session, up to its absolute end', async () => {
    const { accessToken, refreshToken } = await ana.enter()
    const id = sessionOf(accessToken)
    const daysLeft = async () => {
      const [row] = await sql(
        'select extract(epoch from expires_at - now()) / 86400 as days from sessions where id = $1',
        [id],
      )
      return Math.round(Number(row.days))
    }
    expect(await daysLeft()).toBe(30)
    await sql(`update sessions set expires_at = now() + interval '1 day' where id = $1`, [id])
    const { body: second } = await ana.refresh(refreshToken)
    expect(await daysLeft()).toBe(30)
    await sql(`update sessions set created_at = now() - interval '80 days' where id = $1`, [id])
    const { body: third } = await ana.refresh(second.refreshToken)
    expect(await daysLeft()).toBe(10)
    await sql(`update sessions set expires_at = now() - interval '1 second' where id = $1`, [id])
    expect(await ana.refresh(third.refreshToken)).toMatchObject(ended)
    expect(await ana.me(third.accessToken)).toMatchObject(ended)
  })
})

describe('a log-out', () => {
  it('is felt by auth at once and shown to the guards of other services', async () => {
    const { accessToken, refreshToken } = await ana.enter()
    const id = sessionOf(accessToken)
    const stands = () => shop.request('auth', 'GET', `/sessions/${id}`, { internal: true, instance: 2 })
    const revoked = async () =>
      (await shop.request('auth', 'GET', '/revoked-sessions', { internal: true, instance: 2 })).body.sessions
    expect((await stands()).body).toEqual({ revoked: false })
    expect(await revoked()).not.toContain(id)
    expect((await ana.logout(accessToken)).status).toBe(204)
    expect((await stands()).body).toEqual({ revoked: true })
    expect(await revoked()).toContain(id)
    expect(await ana.me(accessToken, 2)).toMatchObject(ended)
    expect(await ana.logout(accessToken)).toMatchObject(ended)
    expect(await ana.refresh(refreshToken)).toMatchObject(ended)
    await sql(`update sessions set revoked_at = now() - interval '7 minutes' where id = $1`, [id])
    expect(await revoked()).not.toContain(id)
  })

  it('knows nothing of sessions that are not there', async () => {
    const ask = (id: string) => shop.request('auth', 'GET', `/sessions/${id}`, { internal: true })
    expect((await ask('00000000-0000-4000-8000-000000000000')).status).toBe(404)
    expect((await ask('x')).status).toBe(404)
  })
})

describe('the list of sessions', () => {
  const idsOf = async (accessToken: string, instance = 1): Promise<string[]> =>
    (await ana.sessions(accessToken, instance)).body.items.map(({ id }: { id: string }) => id)

  it("has one's own, the newest first, each with its agent and use", async () => {
    const { email, accessToken, refreshToken } = await ana.enter()
    const { body: second } = await ana.login(email, { agent: 'Comala/1.0 (es)' })
    await ana.enter()
    const list = await ana.sessions(accessToken, 2)
    expect(list).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
    expect(list.body.items).toEqual([
      {
        id: sessionOf(second.accessToken),
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        lastUsedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        agent: 'Comala/1.0 (es)',
        current: false,
      },
      expect.objectContaining({ id: sessionOf(accessToken), agent: '', current: true }),
    ])
    for (const { createdAt, lastUsedAt } of list.body.items) expect(lastUsedAt).toBe(createdAt)
    await ana.refresh(refreshToken, { agent: 'Another/2.0' })
    const [, refreshed] = (await ana.sessions(second.accessToken)).body.items
    expect(refreshed).toMatchObject({ id: sessionOf(accessToken), agent: '', current: false })
    expect(Date.parse(refreshed.lastUsedAt)).toBeGreaterThan(Date.parse(refreshed.createdAt))
  })

  it('has none that was ended or ran out, and a hundred at most', async () => {
    const { email, id, accessToken } = await ana.enter()
    const [left, out] = await Promise.all([ana.login(email), ana.login(email)])
    await ana.logout(left.body.accessToken)
    await sql(`update sessions set expires_at = now() where id = $1`, [sessionOf(out.body.accessToken)])
    expect(await idsOf(accessToken, 2)).toEqual([sessionOf(accessToken)])
    await sql(
      `insert into sessions (user_id, created_at, expires_at)
       select $1, now() + n * interval '1 second', now() + interval '1 day' from generate_series(1, 150) n`,
      [id],
    )
    expect(await idsOf(accessToken)).toHaveLength(100)
  })

  it('is shortened by ending one, which is felt at once and does no harm again', async () => {
    const { email, accessToken } = await ana.enter()
    const { body: other } = await ana.login(email, { agent: 'Comala/1.0' })
    const id = sessionOf(other.accessToken)
    for (const _ of ['first', 'again']) expect((await ana.endSession(accessToken, id)).status).toBe(204)
    expect(await ana.me(other.accessToken, 2)).toMatchObject(ended)
    expect(await ana.refresh(other.refreshToken, { instance: 2 })).toMatchObject(ended)
    expect(await idsOf(accessToken)).toEqual([sessionOf(accessToken)])
    const { body } = await shop.request('auth', 'GET', '/revoked-sessions', { internal: true, instance: 2 })
    expect(body.sessions).toContain(id)
    expect(await sql('select agent from sessions where id = $1', [id])).toEqual([{ agent: '' }])
    // Ending it again did not move its end.
    await sql(`update sessions set revoked_at = now() - interval '7 minutes' where id = $1`, [id])
    await ana.endSession(accessToken, id)
    const [row] = await sql(`select revoked_at < now() - interval '6 minutes' as kept from sessions where id = $1`, [
      id,
    ])
    expect(row.kept).toBe(true)
  })

  it("of another user has nothing to end, in either's list", async () => {
    const [susana, other] = await Promise.all([ana.enter(), ana.enter()])
    const reply = await ana.endSession(susana.accessToken, sessionOf(other.accessToken))
    expect(reply).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect((await ana.me(other.accessToken, 2)).status).toBe(200)
    expect((await ana.refresh(other.refreshToken)).status).toBe(200)
    expect(await idsOf(susana.accessToken)).toEqual([sessionOf(susana.accessToken)])
  })

  it('takes the end of the session that asks', async () => {
    const { accessToken } = await ana.enter()
    expect((await ana.endSession(accessToken, sessionOf(accessToken))).status).toBe(204)
    expect(await ana.sessions(accessToken)).toMatchObject(ended)
    expect(await ana.endSession(accessToken, sessionOf(accessToken))).toMatchObject(ended)
  })
})

describe('two instances', () => {
  it('sign with the same key', async () => {
    const keysOf = async (instance: number) =>
      (await shop.request('auth', 'GET', '/auth/.well-known/jwks.json', { instance })).body
    expect((await keysOf(1)).keys).toHaveLength(1)
    expect(await keysOf(2)).toEqual(await keysOf(1))
  })

  it('count failures together', async () => {
    const email = newEmail()
    const from = newAddress()
    await ana.register(email)
    for (let guess = 0; guess < 10; guess++)
      await ana.login(email, { from, instance: 1 + (guess % 2), password: 'another evening' })
    expect((await ana.login(email, { from, instance: 1 })).status).toBe(429)
    expect((await ana.login(email, { from, instance: 2 })).status).toBe(429)
  })
})
