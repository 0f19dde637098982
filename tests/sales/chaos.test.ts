import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Reply, type ServiceName, startShop, type TestShop } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market

const copies = 48
const kills = 9
const tokens = ['tok_ok', 'tok_ok', 'tok_lost', 'tok_twice', 'tok_slow', 'tok_declined']

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    instances: { sales: 2 },
    env: {
      sales: {
        BOOKSTORE_PAYMENT_PATIENCE_MS: '500',
        BOOKSTORE_ABANDONED_SECONDS: '5',
        BOOKSTORE_COURIER_SECONDS: '3600',
      },
      payments: { BOOKSTORE_PAYMENTS_SLOW_MS: '900', BOOKSTORE_PAYMENTS_LATE_MS: '300' },
    },
  })
  market = new Market(shop, inject('cluster'))
})
afterAll(() => shop?.close())

/** Asks one process and the other, with the same key, until there is an answer that stands. */
async function insist(ask: (instance: number) => Promise<Reply>): Promise<Reply> {
  for (let attempt = 0; ; attempt++) {
    const reply = await ask((attempt % 2) + 1).catch(() => undefined)
    const stands = reply && reply.status !== 202 && reply.status < 500 && reply.body?.code !== 'request-in-flight'
    if (stands) return reply
    if (attempt === 150) throw new Error(`no answer that stands: ${JSON.stringify(reply)}`)
    await sleep(100)
  }
}

/** Buys a copy, with one card or another; now and then, thinks better of it. Gives the order's end as its buyer saw it. */
async function shopper(buyer: Person, book: string, n: number): Promise<void> {
  const key = randomUUID()
  const placed = await insist((instance) => market.order(buyer, orderOf(book), key, instance))
  expect(placed.status, JSON.stringify(placed.body)).toBe(201)
  const payment = randomUUID()
  const token = tokens[n % tokens.length] as string
  const paid = await insist((instance) => market.pay(buyer, placed.body.id, token, payment, instance))
  expect(paid.status, JSON.stringify(paid.body)).toBe(token === 'tok_declined' ? 402 : 200)
  if (n % 5 === 0) await insist((instance) => market.cancel(buyer, placed.body.id, instance))
}

/** Kills a process, at random, and starts it again. */
async function killer(): Promise<void> {
  const victims: [ServiceName, number][] = [
    ['sales', 1],
    ['sales', 2],
    ['sales', 1],
    ['sales', 2],
    ['payments', 1],
    ['catalog', 1],
  ]
  for (let n = 0; n < kills; n++) {
    await sleep(randomInt(50, 500))
    const [service, instance] = victims[n % victims.length] as [ServiceName, number]
    await shop.stop(service, 'SIGKILL', instance)
    await shop.start(service, instance)
  }
}

it('processes die under load, and books, money and orders add up', async () => {
  const seller = await market.person()
  const book = await market.book(seller, copies)
  const buyers = await Promise.all(Array.from({ length: 6 }, () => market.person()))
  let next = 0
  const queue = async (buyer: Person) => {
    while (next < copies) await shopper(buyer, book, next++)
  }
  await Promise.all([killer(), ...buyers.flatMap((buyer) => [queue(buyer), queue(buyer)])])
  await market.settled(30_000)

  const [sums] = await market.sql<{ out: number; due: number; orders: number }>(
    'sales',
    `select count(*) filter (where status in ('reserved', 'paid'))::int as out,
       coalesce(sum(items_amount + delivery_amount) filter (where status = 'paid'), 0)::int as due,
       count(*) filter (where reason is distinct from 'not-completed')::int as orders
     from orders`,
  )
  expect(sums?.orders).toBe(copies)
  expect((await market.stock(book)) + (sums?.out ?? 0)).toBe(copies)
  const ledger = await shop.request('payments', 'GET', '/ledger?currency=USD', { internal: true })
  expect(ledger.body.balance).toBe(sums?.due)
  const [wrong] = await market.sql<{ n: number }>(
    'sales',
    `select count(*)::int as n from (
       select 1 from order_events where event in ('placed', 'reserved', 'paid', 'cancelled', 'refunded')
       group by order_id, event having count(*) > 1) as repeated`,
  )
  expect(wrong?.n).toBe(0)
})
