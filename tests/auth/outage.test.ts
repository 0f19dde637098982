import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { type DatabaseProxy, databaseProxy } from './database-proxy.ts'
import { newEmail, reader } from './people.ts'

let shop: TestShop
let proxy: DatabaseProxy
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  const cluster = inject('cluster')
  proxy = await databaseProxy(await mkdtemp(join(tmpdir(), 'bookstore-proxy-')), cluster.socketFolder)
  shop = await startShop({ ...cluster, socketFolder: proxy.folder }, { services: ['auth'] })
  ana = reader(shop)
})
afterAll(async () => {
  await shop?.close()
  await proxy?.cut()
  await rm(proxy.folder, { recursive: true, force: true })
})

const status = async (path: string) => (await shop.request('auth', 'GET', path, { internal: true })).status

describe('without its database', () => {
  it('auth says so, lets nobody in, stays alive, and recovers by itself', async () => {
    const { email, accessToken, refreshToken } = await ana.enter()
    await proxy.cut()
    const unavailable = { status: 503, body: { code: 'unavailable' } }
    expect(await ana.login(email)).toMatchObject(unavailable)
    expect(await ana.me(accessToken)).toMatchObject(unavailable)
    expect(await ana.refresh(refreshToken)).toMatchObject(unavailable)
    expect(await ana.register(newEmail())).toMatchObject(unavailable)
    expect((await ana.logout(accessToken)).headers['retry-after']).toBe('1')
    expect(await status('/readyz')).toBe(503)
    expect(await status('/livez')).toBe(200)
    // Public keys are in memory: verifiers need nothing else.
    expect(await status('/jwks')).toBe(200)
    await proxy.restore()
    await until('auth is ready again', async () => (await status('/readyz')) === 200)
    expect((await ana.me(accessToken)).status).toBe(200)
    expect((await ana.login(email)).status).toBe(200)
    expect((await ana.refresh(refreshToken)).status).toBe(200)
  })

  it('cut in the middle of a crowd, every answer is one of ours, and nothing is half done', async () => {
    const emails = Array.from({ length: 40 }, newEmail)
    const crowd = Promise.all(emails.map((email) => ana.register(email)))
    await until('the first are registered', () => /"status":201/.test(shop.log('auth')))
    await proxy.cut()
    const replies = await crowd
    for (const { status } of replies) expect([201, 503]).toContain(status)
    await proxy.restore()
    await until('auth is ready again', async () => (await status('/readyz')) === 200)
    const done = emails.filter((_, at) => replies[at]?.status === 201)
    for (const email of done.slice(0, 10)) expect((await ana.login(email)).status).toBe(200)
  })
})
