import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Market, orderOf, type Person } from '../sales/fixtures/market.ts'
import { asSuperuser } from '../support/postgres.ts'
import { startShop, type TestShop, until } from '../support/shop.ts'

const owners = ['auth', 'catalog', 'sales', 'payments'] as const
const asleep = { BOOKSTORE_WORKERS: 'asleep' }
/** Of every worker here that has something to do, several rounds. */
const roundsMs = 3_000

let shop: TestShop
let market: Market
let seller: Person
let buyer: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    env: { sales: { BOOKSTORE_COURIER_SECONDS: '0.2', BOOKSTORE_ABANDONED_SECONDS: '1' } },
  })
  market = new Market(shop, inject('cluster'))
  ;[seller, buyer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
})
afterAll(() => shop?.close())

const workers = async (service: (typeof owners)[number], awake: boolean, instance = 1) =>
  shop.request(service, 'PUT', '/workers', { body: { awake }, internal: true, instance })
const stateOf = async (service: (typeof owners)[number], instance = 1) => {
  const { body } = await shop.request(service, 'GET', '/workers', { internal: true, instance })
  const readyz = await shop.request(service, 'GET', '/readyz', { internal: true, instance })
  expect(readyz).toMatchObject({ status: 200, body: { status: 'ready', workers: body.workers } })
  return body.workers
}
const sql = (service: (typeof owners)[number], text: string) =>
  asSuperuser(inject('cluster'), shop.databases[service].role, async (client) => (await client.query(text)).rows)

/** Every row of every table of a service. */
async function contents(service: (typeof owners)[number]): Promise<Record<string, unknown>> {
  const tables = await sql(service, `select relname from pg_stat_user_tables order by relname`)
  const all: Record<string, unknown> = {}
  for (const { relname } of tables) all[relname] = await sql(service, `select t::text from ${relname} t order by 1`)
  return all
}
const everything = () => Promise.all(owners.map(contents))

/** Something to do for each worker: what is due, overdue, unsent, unknown. */
async function leaveWork() {
  const book = await market.book(seller, 9)
  const paid = await market.reserved(buyer, book)
  expect((await market.pay(buyer, paid.id, 'tok_ok')).status).toBe(200)
  const unknown = await market.reserved(buyer, book)
  expect((await market.pay(buyer, unknown.id, 'tok_lost')).status).toBe(202)
  const unpaid = await market.reserved(buyer, book)
  await sql('sales', `update orders set expires_at = now() where id = '${unpaid.id}'`)
  await sql('catalog', `update reservations set expires_at = now() where order_id = '${unpaid.id}'`)
  await sql(
    'auth',
    `insert into outbox (topic, subject, payload) values ('seller-closed', '${randomUUID()}', '{}');
     update signing_keys set signs_until = now() + interval '1 hour'`,
  )
  return { book, paid, unknown, unpaid }
}

describe('a set of processes that is started asleep', () => {
  it('serves, is ready, and touches nothing until it is woken', async () => {
    for (const service of owners) expect((await workers(service, false)).status).toBe(200)
    const { paid, unknown, unpaid } = await leaveWork()
    for (const service of owners) await shop.stop(service, 'SIGTERM')
    const before = await everything()
    await Promise.all(owners.map((service) => shop.start(service, 1, asleep)))
    await sleep(roundsMs)
    for (const service of owners) expect(await stateOf(service)).toBe('asleep')
    expect(await everything()).toEqual(before)
    expect((await market.get(buyer, `orders/${unknown.id}`)).body.status).toBe('paying')

    for (const service of owners) {
      expect(await workers(service, true)).toMatchObject({ status: 200, body: { workers: 'awake' } })
      expect(await stateOf(service)).toBe('awake')
    }
    for (const { id } of [paid, unknown]) await market.reaches(buyer, id, 'delivered')
    await market.reaches(buyer, unpaid.id, 'cancelled')
    await market.settled()
    expect(await market.reservation(unpaid.id)).toMatch(/released|expired/)
    await until('auth has nothing to tell', async () => (await sql('auth', 'select 1 from outbox')).length === 0)
    const keys = () => sql('auth', 'select 1 from signing_keys')
    await until('auth has made the next key', async () => (await keys()).length === 2)
  })

  it('is put to sleep again, and does nothing from the answer on', async () => {
    const book = await market.book(seller, 2)
    // Nobody else may give sales anything to write down meanwhile.
    expect((await workers('payments', false)).body).toEqual({ workers: 'asleep' })
    expect((await workers('sales', false)).body).toEqual({ workers: 'asleep' })
    expect((await workers('sales', false)).body).toEqual({ workers: 'asleep' })
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    const before = await contents('sales')
    await sleep(roundsMs)
    expect(await contents('sales')).toEqual(before)
    for (const service of ['sales', 'payments'] as const) {
      expect((await workers(service, true)).body).toEqual({ workers: 'awake' })
    }
    await market.reaches(buyer, id, 'delivered')
  })

  it('says what a call must look like', async () => {
    const wrong = await shop.request('sales', 'PUT', '/workers', { body: { awake: 'yes' }, internal: true })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'awake' }] } })
    expect((await shop.request('sales', 'GET', '/workers')).status).toBe(404)
  })
})

describe('an auth that is asleep', () => {
  it('is ready without a key of its own, and makes one for the first who logs in', async () => {
    await shop.stop('auth', 'SIGTERM')
    await sql('auth', 'delete from signing_keys')
    await shop.start('auth', 1, asleep)
    await sleep(roundsMs)
    expect(await sql('auth', 'select 1 from signing_keys')).toEqual([])
    await market.person()
    expect(await sql('auth', 'select 1 from signing_keys')).toHaveLength(1)
    await shop.stop('auth', 'SIGTERM')
    await sql('auth', 'delete from signing_keys')
    await shop.start('auth', 1, asleep)
    await workers('auth', true)
    expect(await stateOf('auth')).toBe('awake')
    expect(await sql('auth', 'select 1 from signing_keys')).toHaveLength(1)
    ;[seller, buyer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
    // They ask for a key that they do not know at most every 5 s.
    const asks = () => [
      shop.request('sales', 'GET', '/sales/orders', { headers: buyer.headers }),
      shop.request('catalog', 'GET', '/catalog/books?seller=me', { headers: buyer.headers }),
    ]
    await until('the others know the new key', async () =>
      (await Promise.all(asks())).every(({ status }) => status === 200),
    )
  })
})

describe('two slots on one database', () => {
  it('hand over in the middle of business: every order is charged, sold and delivered once', async () => {
    const book = await market.book(seller, 60)
    await shop.start('sales', 2, asleep)
    const ids: string[] = []
    const shopper = async (instance: number, orders: number) => {
      for (let at = 0; at < orders; at++) {
        const { body } = await market.order(buyer, orderOf(book), randomUUID(), instance)
        const paid = await market.pay(buyer, body.id, at % 5 === 4 ? 'tok_twice' : 'tok_ok', randomUUID(), instance)
        expect(paid.status, JSON.stringify(paid.body)).toBe(200)
        ids.push(body.id)
      }
    }
    await shopper(1, 4)
    const oldSlot = shopper(1, 10)
    const newSlot = shopper(2, 10)
    expect((await workers('sales', true, 2)).body).toEqual({ workers: 'awake' })
    expect((await workers('sales', false)).body).toEqual({ workers: 'asleep' })
    await Promise.all([oldSlot, newSlot])
    await shop.stop('sales', 'SIGTERM')
    expect(shop.log('sales')).toContain('"msg":"stopped"')
    for (const id of ids) {
      const { body } = await market.get(buyer, `orders/${id}`, 2)
      expect(['paid', 'shipped', 'delivered']).toContain(body.status)
      expect(await market.ledger(id)).toMatchObject({ charges: 1, refunded: 0 })
    }
    await shop.start('sales')
    for (const id of ids) await market.reaches(buyer, id, 'delivered')
    await market.settled()
    expect(await market.stock(book)).toBe(60 - ids.length)
    await shop.stop('sales', 'SIGTERM', 2)
  })
})

describe('SIGTERM', () => {
  it('ends a process that sleeps, one that is awake, and one that slept and woke', async () => {
    const sleeper = async (...turns: boolean[]) => {
      await shop.start('payments', 2, asleep)
      for (const awake of turns) expect((await workers('payments', awake, 2)).status).toBe(200)
      await shop.stop('payments', 'SIGTERM', 2)
      expect(shop.log('payments', 2)).toContain('"msg":"stopped"')
    }
    await sleeper()
    await sleeper(true)
    await sleeper(true, false)
    await sleeper(true, false, true)
  })
})
