import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'], instances: { auth: 2 } })
  ana = reader(shop)
})
afterAll(() => shop?.close())

const sql = (text: string, values: unknown[] = []) =>
  asSuperuser(inject('cluster'), shop.databases.auth.role, async (client) => (await client.query(text, values)).rows)

describe('signing keys', () => {
  it('are sealed in the database', async () => {
    for (const { sealed, public_jwk } of await sql('select sealed, public_jwk from signing_keys')) {
      expect((sealed as Buffer).toString('latin1')).not.toContain('PRIVATE KEY')
      expect(public_jwk).not.toHaveProperty('d')
    }
  })

  it('are followed by a new one, shown before it signs, while tokens of the old one stay good', async () => {
    const { accessToken } = await ana.enter()
    const jwks = async () => (await shop.request('auth', 'GET', '/jwks', { internal: true, instance: 2 })).body.keys
    await sql(`update signing_keys set signs_until = now() + interval '1 hour'`)
    await shop.stop('auth', 'SIGTERM', 2)
    await shop.start('auth', 2)
    await until('the next key is shown', async () => (await jwks()).length === 2)
    const [next] = await sql(
      'select kid, signs_from > now() as later from signing_keys order by signs_from desc limit 1',
    )
    expect(next.later).toBe(true)
    const kidOf = async (instance: number) => {
      const { email } = await ana.enter()
      const { body } = await ana.login(email, { instance })
      return JSON.parse(Buffer.from(body.accessToken.split('.')[0], 'base64url').toString()).kid
    }
    expect(await kidOf(2)).not.toBe(next.kid)
    await sql(
      `update signing_keys set signs_until = now() - interval '1 second', signs_from = now() - interval '90 days' where kid <> $1`,
      [next.kid],
    )
    await sql(`update signing_keys set signs_from = now() - interval '1 second' where kid = $1`, [next.kid])
    await shop.stop('auth', 'SIGTERM', 2)
    await shop.start('auth', 2)
    expect(await kidOf(2)).toBe(next.kid)
    expect((await ana.me(accessToken, 2)).status).toBe(200)
    // The instance that has not read them again meets a key that it does not know.
    const { email } = await ana.enter()
    const { body } = await ana.login(email, { instance: 2 })
    expect((await ana.me(body.accessToken, 1)).status).toBe(200)
  })
})
