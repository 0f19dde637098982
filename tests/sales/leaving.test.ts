import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { asSuperuser } from '../support/postgres.ts'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { type GoBetween, goBetween } from './fixtures/go-between.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

/** Long enough for a loaded machine to close an account in its first half. */
const holdSeconds = 8

let shop: TestShop
let market: Market
let seller: Person
let between: GoBetween
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bookstore-between-'))
  const socket = join(folder, 'sales.sock')
  between = await goBetween(socket, () => shop.socket('sales', 1, true))
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    instances: { sales: 2 },
    env: {
      auth: { BOOKSTORE_SALES_INTERNAL_URL: `unix:${socket}` },
      sales: { BOOKSTORE_HOLD_SECONDS: String(holdSeconds), BOOKSTORE_COURIER_SECONDS: '3600' },
    },
  })
  market = new Market(shop, inject('cluster'))
  seller = await market.person()
})
afterEach(() => between.clear())
afterAll(async () => {
  await shop?.close()
  await between?.close()
  await rm(folder, { recursive: true, force: true })
})

const holding = /^PUT .*\/holds\//
const { address } = orderOf(randomUUID())
const leaving = { status: 409, body: { code: 'account-closing' } }
const openOrders = { status: 409, body: { code: 'open-orders' } }

const close = ({ headers }: Person): Promise<Reply> => shop.request('auth', 'DELETE', '/auth/me', { headers })
const me = ({ headers }: Person): Promise<Reply> => shop.request('auth', 'GET', '/auth/me', { headers })
const fill = (person: Person, book: string) =>
  Promise.all([
    market.ask('PUT', '/sales/cart', person, { body: { lines: [{ bookId: book, quantity: 1 }] } }),
    market.ask('POST', '/sales/addresses', person, { body: address }),
  ])
const sql = (service: 'auth' | 'sales', text: string) =>
  asSuperuser(inject('cluster'), shop.databases[service].role, async (client) => (await client.query(text)).rows)
const countOf = async (table: string, column: string, { id }: Person) =>
  (await sql('sales', `select 1 from ${table} where ${column} = '${id}'`)).length
const kept = async (person: Person) =>
  (await countOf('addresses', 'owner_id', person)) + (await countOf('cart_lines', 'buyer_id', person))
const wiped = (person: Person) => until('address book and cart are wiped', async () => (await kept(person)) === 0)
const isClosed = async ({ id }: Person) =>
  (await sql('auth', `select 1 from users where id = '${id}' and closed_at is not null`)).length === 1
/** The orders of somebody that came to something. */
const ordersOf = (person: Person) =>
  sql('sales', `select status from orders where buyer_id = '${person.id}' and status <> 'cancelled'`)

/** Acts once sales has said that it holds, before auth hears of it; `act` gives what the test looks at. */
async function closeMeanwhile<T>(person: Person, act: () => Promise<T>): Promise<{ closing: Reply; meanwhile: T }> {
  let meanwhile: T | undefined
  between.on(holding, async () => {
    meanwhile = await act()
  })
  const closing = await close(person)
  between.clear()
  return { closing, meanwhile: meanwhile as T }
}

describe('an account that is closed', () => {
  it('loses its address book and its cart, and keeps its orders', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 3)
    const { id } = await market.reserved(ana, book)
    await market.cancel(ana, id)
    expect((await fill(ana, book)).map(({ status }) => status)).toEqual([200, 201])
    expect((await close(ana)).status).toBe(204)
    await wiped(ana)
    expect(await sql('sales', `select status from orders where buyer_id = '${ana.id}'`)).toEqual([
      { status: 'cancelled' },
    ])
    expect(await countOf('closed_accounts', 'user_id', ana)).toBe(1)
    expect(await countOf('account_holds', 'user_id', ana)).toBe(0)
  })

  it('is refused while something is open, bought or sold, and nothing is held then', async () => {
    const [ana, clara] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
    const book = await market.book(clara, 3)
    await market.reserved(ana, book)
    for (const person of [ana, clara]) expect(await close(person)).toMatchObject(openOrders)
    expect((await market.order(ana, orderOf(book))).status).toBe(201)
  })

  it('writes nothing down any more while it is being closed, nor with a token that outlives it', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 1)
    await fill(ana, book)
    const [saved] = (await market.get(ana, 'addresses')).body.items
    const write = () =>
      Promise.all([
        market.order(ana, orderOf(book), randomUUID(), 2),
        market.ask('PUT', '/sales/cart', ana, { body: { lines: [{ bookId: book, quantity: 1 }] } }),
        market.ask('POST', '/sales/addresses', ana, { body: { ...address, city: 'Gijón' } }),
        market.ask('PUT', `/sales/addresses/${saved.id}`, ana, { body: { ...address, city: 'Oviedo' } }),
      ])
    const { closing, meanwhile } = await closeMeanwhile(ana, write)
    expect(closing.status).toBe(204)
    for (const reply of meanwhile) expect(reply).toMatchObject(leaving)
    await wiped(ana)
    for (const { status } of await write()) expect([401, 409]).toContain(status)
    expect(await kept(ana)).toBe(0)
    expect(await market.stock(book)).toBe(1)
  })

  it('sells nothing any more while it is being closed', async () => {
    const [ana, clara] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
    const [gone, stays] = [await market.book(clara, 2), await market.book(seller, 2)]
    const lines = [
      { bookId: stays, quantity: 1 },
      { bookId: gone, quantity: 1 },
    ]
    const { closing, meanwhile } = await closeMeanwhile(clara, () =>
      market.order(ana, { ...orderOf(gone), lines }, randomUUID(), 2),
    )
    expect(closing.status).toBe(204)
    expect(meanwhile).toMatchObject({ status: 409, body: { code: 'out-of-stock', errors: [{ field: 'lines.1' }] } })
    await market.settled()
    expect(await market.stock(stays)).toBe(2)
  })

  it('races with orders of one’s own and with those of others: never is it closed with one of them open', async () => {
    const rounds = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const [ana, clara] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
        return { ana, clara, book: await market.book(clara, 5) }
      }),
    )
    const outcomes = await Promise.all(
      rounds.map(async ({ ana, clara, book }, at) => {
        const closes = at % 2 === 0 ? ana : clara
        const later = () => sleep(at * 3)
        const [order, closing] = await Promise.all([
          market.order(ana, orderOf(book), randomUUID(), (at % 2) + 1),
          later().then(() => close(closes)),
        ])
        return `${order.status} ${closing.status}`
      }),
    )
    for (const outcome of outcomes) expect(outcome).toMatch(/^(201 409|4\d\d 204)$/)
    await market.settled()
  })
})

describe('a hold', () => {
  it('goes at once when the account could not be closed', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 1)
    await sql('auth', 'alter table outbox rename to elsewhere')
    const closing = await close(ana).finally(() => sql('auth', 'alter table elsewhere rename to outbox'))
    expect(closing.status).toBeGreaterThanOrEqual(500)
    expect((await me(ana)).status).toBe(200)
    expect((await market.order(ana, orderOf(book))).status).toBe(201)
  })

  it('ends by itself when auth dies before it closed the account', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 1)
    await fill(ana, book)
    between.on(holding, () => shop.stop('auth', 'SIGKILL'))
    await close(ana).catch(() => undefined)
    between.clear()
    const key = randomUUID()
    expect(await market.order(ana, orderOf(book), key)).toMatchObject(leaving)
    await shop.start('auth')
    expect(await isClosed(ana)).toBe(false)
    await until('the hold has ended', async () => (await market.order(ana, orderOf(book), key)).status === 201)
    // Not two: the address book, and nothing of the cart, for the order took it.
    expect(await kept(ana)).toBe(1)
    expect(await close(ana)).toMatchObject(openOrders)
  })

  it('that ended before auth came to it no longer lets it close the account', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 1)
    const closing = await asSuperuser(inject('cluster'), shop.databases.auth.role, async (holder) => {
      await holder.query('begin')
      await holder.query('select 1 from users where id = $1 for update', [ana.id])
      const asked = close(ana)
      await until('it is held', async () => (await countOf('account_holds', 'user_id', ana)) === 1)
      await until('the hold has ended', async () => (await market.order(ana, orderOf(book))).status === 201)
      await holder.query('commit')
      return asked
    })
    expect(closing).toMatchObject({ status: 503, body: { detail: 'Closing the account took too long.' } })
    expect(await isClosed(ana)).toBe(false)
    expect(await ordersOf(ana)).toEqual([{ status: 'reserved' }])
    expect((await me(ana)).status).toBe(200)
  })

  it('of another attempt is left alone by one that fails', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 1)
    const other = `/accounts/${ana.id}/holds/${randomUUID()}`
    expect((await shop.request('sales', 'PUT', other, { internal: true })).body).toEqual({ seconds: holdSeconds })
    await sql('auth', 'alter table outbox rename to elsewhere')
    await close(ana).finally(() => sql('auth', 'alter table elsewhere rename to outbox'))
    expect(await market.order(ana, orderOf(book))).toMatchObject(leaving)
    for (let twice = 0; twice < 2; twice++)
      expect((await shop.request('sales', 'DELETE', other, { internal: true })).status).toBe(204)
    expect((await market.order(ana, orderOf(book))).status).toBe(201)
  })
})

describe('sales', () => {
  it('hears of it in the end, also when it was away and auth was killed', async () => {
    const ana = await market.person()
    const book = await market.book(seller, 1)
    await fill(ana, book)
    between.on(holding, () => shop.stop('sales', 'SIGKILL'))
    expect((await close(ana)).status).toBe(204)
    between.clear()
    await until('auth has noticed', () => shop.log('auth').includes('"topic":"account-closed"'))
    await shop.stop('auth', 'SIGKILL')
    expect(await kept(ana)).toBe(2)
    // Without auth sales lets nobody in, and is not ready.
    await shop.start('auth')
    await shop.start('sales')
    await wiped(ana)
    expect(await countOf('closed_accounts', 'user_id', ana)).toBe(1)
  })
})
