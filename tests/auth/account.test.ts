import { decodeJwt } from 'jose'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { newAddress, newEmail, password, reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'] })
  ana = reader(shop)
})
afterAll(() => shop?.close())

const fresh = 'a morning in Comala'
const invalid = { status: 401, body: { code: 'invalid-credentials' } }
const ended = { status: 401, body: { code: 'session-ended' } }
const limited = { status: 429, body: { code: 'too-many-requests' } }

/** Whether somebody waits for a lock in the database of `client`. */
async function isWaited(client: Client): Promise<boolean> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  return (await client.query(waiting)).rows.length > 0
}

describe('the language of a user', () => {
  it('is taken at registration, and answered wherever a user is', async () => {
    const email = newEmail()
    const registered = await ana.post('/auth/register', { email, password, name: 'Ana', language: 'en' })
    expect(registered).toMatchObject({ status: 201, body: { language: 'en' } })
    const { body: entered } = await ana.login(email)
    expect(entered.user).toEqual(registered.body)
    expect((await ana.refresh(entered.refreshToken)).body.user).toEqual(registered.body)
    expect((await ana.me(entered.accessToken)).body).toEqual(registered.body)
  })

  it('is null until it is chosen', async () => {
    const { accessToken } = await ana.enter()
    expect((await ana.me(accessToken)).body.language).toBeNull()
    expect(await ana.change(accessToken, { language: 'es' })).toMatchObject({ status: 200, body: { language: 'es' } })
    expect((await ana.me(accessToken)).body.language).toBe('es')
  })
})

describe('PATCH /auth/me', () => {
  it('changes what is given and leaves the rest', async () => {
    const { accessToken, id, email } = await ana.enter()
    const user = { id, email, name: 'Susana San Juan', roles: [], language: null }
    expect(await ana.change(accessToken, {})).toMatchObject({ status: 200, body: user })
    const named = { ...user, name: 'Susana Páramo' }
    expect((await ana.change(accessToken, { name: '  Susana  Páramo ' })).body).toEqual(named)
    expect((await ana.change(accessToken, { language: 'en' })).body).toEqual({ ...named, language: 'en' })
    const both = { name: 'Susana', language: 'es' }
    expect((await ana.change(accessToken, both)).body).toEqual({ ...user, ...both })
    expect((await ana.me(accessToken)).body).toEqual({ ...user, ...both })
  })

  it('reaches the access token with the next refresh', async () => {
    const { accessToken, refreshToken } = await ana.enter()
    await ana.change(accessToken, { name: 'Dolores Preciado' })
    const { body } = await ana.refresh(refreshToken)
    expect(body.user.name).toBe('Dolores Preciado')
    expect(decodeJwt(body.accessToken).name).toBe('Dolores Preciado')
  })

  it('names every field that is not valid, changes nothing then, and nobody else ever', async () => {
    const [susana, other] = await Promise.all([ana.enter(), ana.enter()])
    const wrong = { name: '\u0007', language: null, email: other.email, roles: ['admin'], id: other.id }
    const reply = await ana.change(susana.accessToken, wrong)
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid-body' } })
    const fields = (reply.body.errors as { field: string }[]).map(({ field }) => field)
    expect(fields.sort()).toEqual(['email', 'id', 'language', 'name', 'roles'])
    await ana.change(susana.accessToken, { name: 'Nobody Else' })
    expect((await ana.me(other.accessToken)).body.name).toBe('Susana San Juan')
  })

  it('needs a session that stands', async () => {
    const { accessToken } = await ana.enter()
    await ana.logout(accessToken)
    expect(await ana.change(accessToken, { name: 'Ana' })).toMatchObject(ended)
    expect(await shop.request('auth', 'PATCH', '/auth/me', { body: { name: 'Ana' } })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    })
  })
})

describe('PUT /auth/me/password', () => {
  it('changes the password and ends every other session', async () => {
    const { email, accessToken, refreshToken } = await ana.enter()
    const { body: elsewhere } = await ana.login(email)
    const stranger = await ana.enter()
    expect(await ana.changePassword(accessToken, { current: password, new: fresh })).toMatchObject({ status: 204 })
    expect((await ana.me(accessToken)).status).toBe(200)
    expect((await ana.refresh(refreshToken)).status).toBe(200)
    expect(await ana.me(elsewhere.accessToken)).toMatchObject(ended)
    expect(await ana.refresh(elsewhere.refreshToken)).toMatchObject(ended)
    expect((await ana.me(stranger.accessToken)).status).toBe(200)
    expect(await ana.login(email)).toMatchObject(invalid)
    expect((await ana.login(email, { password: fresh })).status).toBe(200)
  })

  it('refuses a wrong current password and a weak new one, and changes nothing', async () => {
    const { email, accessToken } = await ana.enter()
    const { body: elsewhere } = await ana.login(email)
    const wrong = await ana.changePassword(accessToken, { current: 'another evening', new: fresh })
    expect(wrong).toMatchObject(invalid)
    expect(wrong.body.errors).toEqual([{ field: 'current', message: expect.any(String) }])
    for (const weak of ['short', 'Password123!', email, 'susana san juan']) {
      const reply = await ana.changePassword(accessToken, { current: password, new: weak })
      expect(reply).toMatchObject({ status: 422, body: { code: 'weak-password' } })
      expect(reply.body.errors).toEqual([{ field: 'new', message: expect.any(String) }])
    }
    expect((await ana.me(elsewhere.accessToken)).status).toBe(200)
    expect((await ana.login(email)).status).toBe(200)
  })

  it('counts wrong ones for the session wherever it is, and lets its owner on in another', async () => {
    const { email, accessToken } = await ana.enter()
    const { body: own } = await ana.login(email)
    const guess = (current: string) => ana.changePassword(accessToken, { current, new: fresh })
    for (let count = 0; count < 10; count++) expect(await guess(`evening ${count}`)).toMatchObject(invalid)
    const reply = await guess(password)
    expect(reply).toMatchObject(limited)
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(1)
    expect((await ana.changePassword(own.accessToken, { current: password, new: fresh })).status).toBe(204)
  })

  it('counts wrong ones for the account and the address, together with log-ins, until the right one', async () => {
    const from = newAddress()
    const { email, accessToken } = await ana.enter()
    const change = (current: string, to: string) => ana.changePassword(accessToken, { current, new: to }, { from })
    for (let count = 0; count < 6; count++) await change('another evening', fresh)
    expect((await change(password, fresh)).status).toBe(204)
    for (let count = 0; count < 5; count++) await change('another evening', password)
    for (let count = 0; count < 5; count++) await ana.login(email, { from })
    expect(await change(fresh, password)).toMatchObject(limited)
    expect(await ana.login(email, { from, password: fresh })).toMatchObject(limited)
    expect((await change(fresh, 'short')).status).toBe(422)
  })

  it('twice at once is done once', async () => {
    const { email, accessToken } = await ana.enter()
    const wishes = ['a morning in Contla', 'a night in Apango']
    const replies = await Promise.all(
      wishes.map((wish) => ana.changePassword(accessToken, { current: password, new: wish })),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 401])
    const done = wishes[replies.findIndex(({ status }) => status === 204)] ?? ''
    expect((await ana.login(email, { password: done })).status).toBe(200)
  })

  it('leaves no session that was opened with the old password at the same time', async () => {
    const { email, accessToken } = await ana.enter()
    const [changed, ...entered] = await Promise.all([
      ana.changePassword(accessToken, { current: password, new: fresh }),
      ...Array.from({ length: 8 }, () => ana.login(email)),
    ])
    expect(changed.status).toBe(204)
    for (const { status } of entered) expect(status).toBeOneOf([200, 401])
    expect((await ana.sessions(accessToken)).body.items).toMatchObject([{ current: true }])
  })

  it('committed while a log-in with the old password is under way refuses that log-in', async () => {
    const { email, id } = await ana.enter()
    const cluster = inject('cluster')
    const { role } = shop.databases.auth
    await asSuperuser(cluster, role, async (client) => {
      await client.query('begin')
      await client.query('update users set password_version = password_version + 1 where id = $1', [id])
      const entering = ana.login(email)
      await until('the log-in waits for the change', () => asSuperuser(cluster, role, isWaited))
      await client.query('commit')
      expect(await entering).toMatchObject(invalid)
    })
    expect((await ana.login(email)).status).toBe(200)
  })
})
