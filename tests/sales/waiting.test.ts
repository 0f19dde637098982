import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market
let seller: Person
let buyer: Person

const holdSeconds = 3

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    env: {
      catalog: { BOOKSTORE_RESERVATION_SECONDS: String(holdSeconds) },
      sales: { BOOKSTORE_ABANDONED_SECONDS: '1', BOOKSTORE_COURIER_SECONDS: '3600' },
    },
  })
  market = new Market(shop, inject('cluster'))
  ;[seller, buyer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
})
afterAll(() => shop?.close())

const lastOf = (order: { timeline: object[] }) => order.timeline.at(-1)

describe.concurrent('nobody waits for ever', () => {
  it('an order that is not paid in time is cancelled, says so, and its book is on sale again', async () => {
    const book = await market.book(seller, 1)
    const { id } = await market.reserved(buyer, book)
    const order = await market.reaches(buyer, id, 'cancelled')
    expect(lastOf(order)).toMatchObject({ event: 'cancelled', detail: 'reservation-expired' })
    await market.settled()
    expect(await market.stock(book)).toBe(1)
    expect(await market.pay(buyer, id, 'tok_ok')).toMatchObject({ status: 409, body: { code: 'order-cancelled' } })
    expect(await market.ledger(id)).toMatchObject({ charges: 0 })
  })

  it('a reservation that the catalog let go before the payment came is not charged', async () => {
    const book = await market.book(seller, 1)
    const { id } = await market.reserved(buyer, book)
    await shop.request('catalog', 'DELETE', `/reservations/${id}`, { internal: true })
    const key = randomUUID()
    const expired = { status: 409, body: { code: 'reservation-expired' } }
    expect(await market.pay(buyer, id, 'tok_ok', key)).toMatchObject(expired)
    expect(await market.pay(buyer, id, 'tok_ok', key)).toMatchObject(expired)
    expect((await market.get(buyer, `orders/${id}`)).body.status).toBe('cancelled')
    expect(await market.ledger(id)).toMatchObject({ charges: 0 })
  })

  it('a paid order does not expire, nor one that was declined and is paid with another card', async () => {
    const book = await market.book(seller, 2)
    const [first, second] = (await Promise.all([market.reserved(buyer, book), market.reserved(buyer, book)])) as [
      { id: string },
      { id: string },
    ]
    expect((await market.pay(buyer, first.id, 'tok_ok')).status).toBe(200)
    expect((await market.pay(buyer, second.id, 'tok_declined')).status).toBe(402)
    expect((await market.pay(buyer, second.id, 'tok_ok')).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, holdSeconds * 1000 + 500))
    await market.settled()
    for (const { id } of [first, second]) {
      expect((await market.get(buyer, `orders/${id}`)).body.status).toBe('paid')
      expect(await market.reservation(id)).toBe('sold')
    }
  })
})

it('an order whose catalog did not answer is given up, and the same key then starts afresh', async () => {
  const book = await market.book(seller, 1)
  const key = randomUUID()
  await shop.stop('catalog', 'SIGKILL')
  expect((await market.order(buyer, orderOf(book), key)).status).toBe(503)
  const [row] = await market.sql<{ id: string }>('sales', `select id from orders where status = 'pending'`)
  await market.reaches(buyer, row?.id as string, 'cancelled')
  await shop.start('catalog')
  const placed = await market.order(buyer, orderOf(book), key)
  expect(placed).toMatchObject({ status: 201, body: { status: 'reserved' } })
  expect(placed.body.id).not.toBe(row?.id)
  await market.settled()
  expect(await market.reservation(row?.id as string)).toBe('released')
})

/** Runs `node sales.mjs reconcile` as an operator would, and gives the counts that it printed. */
async function reconcile(): Promise<{ orders: number; findings: Record<string, number> }> {
  const output = await shop.command('sales', 'reconcile')
  const line = output.split('\n').find((text) => text.includes('"reconciled":'))
  return JSON.parse(line ?? '{}').reconciled
}

describe('after a restore', () => {
  it('finds nothing where nothing is amiss', async () => {
    const { id } = await market.reserved(buyer, await market.book(seller, 1))
    await market.pay(buyer, id, 'tok_ok')
    await market.settled()
    await reconcile()
    await market.settled()
    expect((await reconcile()).findings).toEqual({})
  })

  it('takes up a payment that sales forgot, and sells again what the catalog forgot', async () => {
    const book = await market.book(seller, 2)
    const [forgotten, unsold] = (await Promise.all([market.reserved(buyer, book), market.reserved(buyer, book)])) as [
      { id: string },
      { id: string },
    ]
    for (const { id } of [forgotten, unsold]) expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    await market.settled()
    await market.sql('sales', `delete from payments where order_id = '${forgotten.id}'`)
    await market.sql('sales', `delete from deliveries where order_id = '${forgotten.id}'`)
    const later = `now() + interval '1 hour'`
    await market.sql(
      'sales',
      `update orders set status = 'reserved', expires_at = ${later} where id = '${forgotten.id}'`,
    )
    await market.sql('catalog', `update reservations set state = 'kept' where order_id = '${unsold.id}'`)
    expect((await reconcile()).findings).toEqual({ 'charge-adopted': 1, 'sale-confirmed': 1 })
    await market.reaches(buyer, forgotten.id, 'paid')
    await market.settled()
    expect(await market.reservation(unsold.id)).toBe('sold')
    expect((await reconcile()).findings).toEqual({})
  })

  it('gives back the books of orders that nobody knows of, whether held, kept or sold', async () => {
    const book = await market.book(seller, 4)
    const orders = await Promise.all(Array.from({ length: 4 }, () => market.reserved(buyer, book)))
    const [held, kept, sold, known] = orders.map(({ id }) => id) as [string, string, string, string]
    const later = `expires_at = now() + interval '1 hour'`
    await market.sql('sales', `update orders set ${later} where id in ('${held}', '${kept}')`)
    await market.sql('catalog', `update reservations set ${later} where order_id = '${held}' and state = 'held'`)
    await market.sql('catalog', `update reservations set state = 'kept', expires_at = null where order_id = '${kept}'`)
    for (const id of [sold, known]) expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    await market.settled()
    // As a restore of sales alone would leave it: the payments of these orders are gone from its books, too.
    for (const table of ['order_lines', 'order_events', 'payments', 'deliveries', 'shipments'])
      await market.sql('sales', `delete from ${table} where order_id in ('${held}', '${kept}', '${sold}')`)
    await market.sql('sales', `delete from orders where id in ('${held}', '${kept}', '${sold}')`)
    expect((await reconcile()).findings).toEqual({ 'orphan-charge-refunded': 1, 'orphan-reservation-released': 3 })
    expect(await Promise.all([held, kept, sold, known].map((id) => market.reservation(id)))).toEqual([
      'released',
      'released',
      'released',
      'sold',
    ])
    expect(await market.stock(book)).toBe(3)
    expect((await reconcile()).findings).toEqual({})
  })

  it('gives back money of orders that nobody knows of, and cancels reservations that are not there', async () => {
    const { id } = await market.reserved(buyer, await market.book(seller, 1))
    await market.sql('sales', `update orders set expires_at = now() + interval '1 hour' where id = '${id}'`)
    await shop.request('catalog', 'DELETE', `/reservations/${id}`, { internal: true })
    const reference = randomUUID()
    const key = randomUUID()
    const charge = { amount: 5, currency: 'USD', token: 'tok_ok', reference }
    await shop.request('payments', 'POST', '/charges', { body: charge, headers: { 'idempotency-key': key } })
    expect((await reconcile()).findings).toEqual({ 'reservation-lost': 1, 'orphan-charge-refunded': 1 })
    expect((await shop.request('payments', 'GET', `/charges/${key}`)).body.status).toBe('refunded')
    const order = (await market.get(buyer, `orders/${id}`)).body
    expect(lastOf(order)).toMatchObject({ event: 'cancelled', detail: 'reservation-lost' })
  })
})
