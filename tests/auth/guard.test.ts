import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Guard } from '../../services/kit/app.ts'
import { Client } from '../../services/kit/client.ts'
import { createGuard, RemoteKeys, RemoteRevocations } from '../../services/kit/guard.ts'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { password, reader } from './people.ts'

/** The guard that catalog and sales have, against a real auth. */
let shop: TestShop
let ana: ReturnType<typeof reader>
let client: Client
let guard: Guard
let watching: Promise<void>
const stop = new AbortController()

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'], instances: { auth: 2 } })
  ana = reader(shop)
  client = new Client('auth', { socketPath: shop.socket('auth', 1, true) })
  const revocations = new RemoteRevocations(client)
  watching = revocations.watch().run(stop.signal)
  guard = createGuard({ keys: new RemoteKeys(client), revocations, issuer: shop.siteUrl })
})
afterAll(async () => {
  stop.abort()
  await watching
  await client.close()
  await shop.close()
})

const outcome = (accessToken: string): Promise<string> =>
  guard.authenticate(`Bearer ${accessToken}`, new AbortController().signal).then(
    ({ userId }) => userId,
    (error: { code: string }) => error.code,
  )

/** Sees `end` through, and the session of the token ended for the guard within two seconds of it. */
async function feels(accessToken: string, end: () => Promise<Reply>): Promise<void> {
  expect((await end()).status).toBe(204)
  const ended = performance.now()
  await until('the end is felt', async () => (await outcome(accessToken)) === 'session-ended')
  expect(performance.now() - ended).toBeLessThan(2_000)
}

describe('a guard in another process', () => {
  it('lets a session in, and feels its log-out on any instance within two seconds', async () => {
    const { accessToken, id } = await ana.enter()
    expect(await outcome(accessToken)).toBe(id)
    await feels(accessToken, () => ana.logout(accessToken, 2))
  })

  it('feels within two seconds as well that a session was ended by another, or by a new password', async () => {
    const { email, id, accessToken } = await ana.enter()
    const [listed, other] = await Promise.all([ana.login(email), ana.login(email)])
    const tokens = [listed, other].map(({ body }) => String(body.accessToken))
    for (const token of tokens) expect(await outcome(token)).toBe(id)
    const [first = '', second = ''] = tokens
    await feels(first, () => ana.endSession(accessToken, String(decodeJwt(first).sid)))
    expect(await outcome(second)).toBe(id)
    await feels(second, () => ana.changePassword(accessToken, { current: password, new: 'a morning in Comala' }))
    expect(await outcome(accessToken)).toBe(id)
  })

  it('lets nobody in when auth cannot say, and everybody again when it can', async () => {
    const { accessToken, id } = await ana.enter()
    expect(await outcome(accessToken)).toBe(id)
    await shop.stop('auth', 'SIGKILL')
    await until('the copy has become too old', async () => (await outcome(accessToken)) === 'unavailable')
    await shop.start('auth')
    expect(await outcome(accessToken)).toBe(id)
  })
})
