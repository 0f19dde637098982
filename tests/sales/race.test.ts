import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market
let seller: Person
let buyers: Person[]

const crowd = 200
/** Registrations at a time: hashing a password is slow on purpose. */
const atOnce = 8

async function people(count: number): Promise<Person[]> {
  const found: Person[] = []
  const enter = async () => {
    while (found.length < count) {
      const place = found.push(undefined as unknown as Person) - 1
      found[place] = await market.person()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, enter))
  return found
}

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    instances: { catalog: 2, sales: 2 },
    env: { sales: { BOOKSTORE_COURIER_SECONDS: '0.2' } },
  })
  market = new Market(shop, inject('cluster'))
  seller = await market.person()
  buyers = await people(crowd)
})
afterAll(() => shop?.close())

/** Alternately one process and the other. */
const instanceOf = (index: number) => (index % 2) + 1

const countBy = (replies: readonly Reply[]) => {
  const counts: Record<string, number> = {}
  for (const { status, body } of replies) {
    const what = `${status} ${body?.code ?? body?.status}`
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

describe('two hundred buyers', () => {
  it('race for the last unit: one has it', async () => {
    const book = await market.book(seller, 1)
    const replies = await Promise.all(
      buyers.map((buyer, index) => market.order(buyer, orderOf(book), randomUUID(), instanceOf(index))),
    )
    expect(countBy(replies)).toEqual({ '201 reserved': 1, '409 out-of-stock': crowd - 1 })
    await market.settled()
    expect(await market.stock(book)).toBe(0)
    const refused = replies.find(({ status }) => status === 409)
    expect(refused?.body.errors).toMatchObject([{ field: expect.stringMatching(/^lines\.0/) }])
    const counts = await market.sql(
      'sales',
      `select o.status, count(*)::int as n from orders o join order_lines l on l.order_id = o.id
       where l.book_id = '${book}' group by 1 order by 1`,
    )
    expect(counts).toEqual([
      { status: 'cancelled', n: crowd - 1 },
      { status: 'reserved', n: 1 },
    ])
  })

  it('order and pay forty copies at the same time: forty are sold, to the cent', async () => {
    const copies = 40
    const book = await market.book(seller, copies)
    const buy = async (buyer: Person, index: number): Promise<Reply> => {
      const placed = await market.order(buyer, orderOf(book), randomUUID(), instanceOf(index))
      if (placed.status !== 201) return placed
      return market.pay(buyer, placed.body.id, 'tok_ok', randomUUID(), instanceOf(index + 1))
    }
    const replies = await Promise.all(buyers.map(buy))
    const bought = replies.filter(({ status }) => status === 200)
    expect(bought).toHaveLength(copies)
    expect(countBy(replies)).toMatchObject({ '409 out-of-stock': crowd - copies })
    const delivered = `select count(*)::int as n from orders o join order_lines l on l.order_id = o.id
      where l.book_id = '${book}' and o.status = 'delivered'`
    await until('all are delivered', async () => {
      const [row] = await market.sql<{ n: number }>('sales', delivered)
      return row?.n === copies
    })
    await market.settled()
    expect(await market.stock(book)).toBe(0)
    const [twice] = await market.sql<{ n: number }>(
      'sales',
      `select count(*)::int as n from (select 1 from order_events where event in ('paid', 'shipped', 'delivered')
       group by order_id, event having count(*) > 1) as repeated`,
    )
    expect(twice?.n).toBe(0)
    const sums = await market.sql<{ due: number }>(
      'sales',
      `select coalesce(sum(items_amount + delivery_amount), 0)::int as due from orders where status = 'delivered'`,
    )
    const ledger = await shop.request('payments', 'GET', '/ledger?currency=USD', { internal: true })
    expect(ledger.body).toMatchObject({ balance: sums[0]?.due, refunded: 0 })
  })
})

describe('the same Idempotency-Key', () => {
  it('fifty times at once places one order', async () => {
    const book = await market.book(seller, 100)
    const [buyer] = (await people(1)) as [Person]
    const key = randomUUID()
    const ask = (index: number) => market.order(buyer, orderOf(book), key, instanceOf(index))
    const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(index)))
    const placed = replies.filter(({ status }) => status === 201)
    expect(placed.length).toBeGreaterThan(0)
    for (const { body } of placed) expect(body).toEqual(placed[0]?.body)
    for (const { status, body } of replies.filter((reply) => !placed.includes(reply)))
      expect([status, body.code]).toEqual([409, 'request-in-flight'])
    expect(await market.stock(book)).toBe(99)
    expect((await market.get(buyer, 'orders')).body.items).toHaveLength(1)
    expect(await ask(0)).toMatchObject({ status: 201, body: placed[0]?.body })
    expect(await market.order(buyer, orderOf(book, 2), key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    })
  })

  it('fifty times at once pays once', async () => {
    const book = await market.book(seller, 1)
    const [buyer] = (await people(1)) as [Person]
    const { id } = await market.reserved(buyer, book)
    const key = randomUUID()
    const ask = (index: number) => market.pay(buyer, id, 'tok_ok', key, instanceOf(index))
    const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(index)))
    const paid = replies.filter(({ status }) => status === 200)
    for (const { body } of paid) expect(body).toEqual(paid[0]?.body)
    for (const { status, body } of replies.filter((reply) => !paid.includes(reply)))
      expect([status, body.code]).toEqual([409, 'request-in-flight'])
    expect(await market.ledger(id)).toMatchObject({ charges: 1 })
    const other = await market.pay(buyer, id, 'tok_twice', key)
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  it('of another buyer is another key', async () => {
    const book = await market.book(seller, 2)
    const key = randomUUID()
    const replies = await Promise.all(buyers.slice(0, 2).map((buyer) => market.order(buyer, orderOf(book), key)))
    expect(countBy(replies)).toEqual({ '201 reserved': 2 })
    expect(replies[0]?.body.id).not.toBe(replies[1]?.body.id)
  })
})
