import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Guard } from '../../services/kit/app.ts'
import { Client } from '../../services/kit/client.ts'
import { createGuard, RemoteKeys, RemoteRevocations } from '../../services/kit/guard.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { reader } from './people.ts'

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
  watching = revocations.worker().run(stop.signal)
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

describe('a guard in another process', () => {
  it('lets a session in, and feels its log-out on any instance within two seconds', async () => {
    const { accessToken, id } = await ana.enter()
    expect(await outcome(accessToken)).toBe(id)
    await ana.logout(accessToken, 2)
    const loggedOut = performance.now()
    await until('the log-out is felt', async () => (await outcome(accessToken)) === 'session-ended')
    expect(performance.now() - loggedOut).toBeLessThan(2_000)
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
