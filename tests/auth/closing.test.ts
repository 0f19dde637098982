import type { Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { drain, listen } from '../../services/kit/listen.ts'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { reader } from './people.ts'

let shop: TestShop
let ana: ReturnType<typeof reader>

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth'] })
  ana = reader(shop)
})
afterAll(() => shop?.close())

/** The internal sockets of sales and catalog, as docs/decisions/0003-between-services.md specifies the two calls. */
let servers: Server[] = []
let openOrders = 0
let withdrawn: string[] = []
let closed: string[] = []
let catalogFails = 0

async function answerFor(service: 'sales' | 'catalog', answer: (method: string, url: string) => [number, unknown?]) {
  const server = await listen(
    (request, response) => {
      const [status, body] = answer(request.method ?? '', request.url ?? '')
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === undefined ? undefined : JSON.stringify(body))
    },
    { socketPath: shop.socket(service, 1, true) },
  )
  servers.push(server)
}

const startSales = () =>
  answerFor('sales', (method, url) => {
    const told = /^\/accounts\/([0-9a-f-]{36})\/(holds\/[0-9a-f-]{36}|closed)$/.exec(url)
    if (told === null || method === 'GET') return [404]
    if (told[2] === 'closed') {
      closed.push(told[1] ?? '')
      return [204]
    }
    if (method === 'DELETE') return [204]
    return openOrders > 0 ? [409, { status: 409, code: 'open-orders', title: 'x' }] : [200, { seconds: 60 }]
  })
const startCatalog = () =>
  answerFor('catalog', (method, url) => {
    const seller = /^\/sellers\/([0-9a-f-]{36})\/books$/.exec(url)?.[1]
    if (method !== 'DELETE' || seller === undefined) return [404]
    if (catalogFails-- > 0) return [503]
    withdrawn.push(seller)
    return [204]
  })

beforeEach(() => {
  openOrders = 0
  withdrawn = []
  closed = []
  catalogFails = 0
})
afterEach(async () => {
  await Promise.all(servers.map((server) => drain(server, 100)))
  servers = []
})

const close = (accessToken: string) => ana.withToken('DELETE', '/auth/me', accessToken)

describe('closing an account', () => {
  it('forgets the user, ends all sessions and has the books withdrawn', async () => {
    await Promise.all([startSales(), startCatalog()])
    const { email, id, accessToken, refreshToken } = await ana.enter()
    const { body: elsewhere } = await ana.login(email, { agent: 'Comala/1.0' })
    expect((await ana.change(accessToken, { language: 'es' })).status).toBe(200)
    expect((await close(accessToken)).status).toBe(204)
    for (const token of [accessToken, elsewhere.accessToken])
      expect(await ana.me(token)).toMatchObject({ status: 401, body: { code: 'session-ended' } })
    expect((await ana.refresh(refreshToken)).status).toBe(401)
    expect(await ana.login(email)).toMatchObject({ status: 401, body: { code: 'invalid-credentials' } })
    await until('the books are withdrawn, and sales knows', () => withdrawn.includes(id) && closed.includes(id))
    const { rows } = await asSuperuser(inject('cluster'), shop.databases.auth.role, (client) =>
      client.query(
        `select email, name, password_hash, language, array_agg(distinct agent) as agents
         from users join sessions on user_id = users.id where users.id = $1 group by users.id`,
        [id],
      ),
    )
    expect(rows).toEqual([{ email: null, name: '', password_hash: null, language: null, agents: [''] }])
    expect((await ana.register(email)).status).toBe(201)
  })

  it('is refused while there are open orders', async () => {
    await startSales()
    openOrders = 1
    const { accessToken } = await ana.enter()
    expect(await close(accessToken)).toMatchObject({ status: 409, body: { code: 'open-orders' } })
    expect((await ana.me(accessToken)).status).toBe(200)
  })

  it('is not done while sales cannot tell', async () => {
    const { accessToken } = await ana.enter()
    expect(await close(accessToken)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect((await ana.me(accessToken)).status).toBe(200)
  })

  it('is told to catalog until catalog has it, also after a crash', async () => {
    await startSales()
    const { id, accessToken } = await ana.enter()
    expect((await close(accessToken)).status).toBe(204)
    await until('catalog was missed', () => shop.log('auth').includes('message not delivered yet'))
    await shop.stop('auth', 'SIGKILL')
    catalogFails = 1
    await startCatalog()
    await shop.start('auth')
    await until('the books are withdrawn', () => withdrawn.includes(id))
  })

  it('twice at once is done once', async () => {
    await Promise.all([startSales(), startCatalog()])
    const { id, accessToken } = await ana.enter()
    const replies = await Promise.all([close(accessToken), close(accessToken), close(accessToken)])
    for (const { status } of replies) expect([204, 401]).toContain(status)
    await until('the books are withdrawn', () => withdrawn.length > 0)
    const { rows } = await asSuperuser(inject('cluster'), shop.databases.auth.role, (client) =>
      client.query('select 1 from outbox where subject = $1', [id]),
    )
    expect(rows.length + withdrawn.length).toBeLessThanOrEqual(2)
  })
})
