import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'
import { WebhookSender } from './fixtures/webhook.ts'

let shop: TestShop
let market: Market
let webhooks: WebhookSender
let seller: Person
let buyer: Person
let book: string

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    env: {
      sales: { BOOKSTORE_PAYMENT_PATIENCE_MS: '400', BOOKSTORE_COURIER_SECONDS: '3600' },
      payments: { BOOKSTORE_PAYMENTS_SLOW_MS: '900', BOOKSTORE_PAYMENTS_LATE_MS: '300' },
    },
  })
  market = new Market(shop, inject('cluster'))
  webhooks = new WebhookSender(shop)
  ;[seller, buyer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
  book = await market.book(seller, 500)
})
afterAll(() => shop?.close())

const total = 1740
const eventsOf = (order: { timeline: { event: string }[] }) => order.timeline.map(({ event }) => event)

/** The only payment of an order. */
async function paymentOf(orderId: string): Promise<string> {
  const rows = await market.sql<{ id: string }>('sales', `select id from payments where order_id = '${orderId}'`)
  expect(rows).toHaveLength(1)
  return rows[0]?.id as string
}

describe('a card that', () => {
  it('is declined leaves the order reserved, says why, and another card pays', async () => {
    const { id } = await market.reserved(buyer, book)
    const key = randomUUID()
    const declined = await market.pay(buyer, id, 'tok_declined', key)
    expect(declined).toMatchObject({ status: 402, body: { code: 'declined', reason: 'insufficient-funds' } })
    const replay = await market.pay(buyer, id, 'tok_declined', key)
    expect(replay).toMatchObject({ status: 402, headers: { 'idempotent-replay': 'true' } })
    expect(replay.body).toEqual(declined.body)
    const order = (await market.get(buyer, `orders/${id}`)).body
    expect(order).toMatchObject({ status: 'reserved', payment: { status: 'declined', reason: 'insufficient-funds' } })
    expect(Date.parse(order.expiresAt)).toBeGreaterThan(Date.now())
    expect(await market.pay(buyer, id, 'tok_nobody_knows')).toMatchObject({
      status: 402,
      body: { reason: 'unknown-token' },
    })
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    await market.settled()
    expect(await market.reservation(id)).toBe('sold')
    expect(await market.ledger(id)).toMatchObject({ charges: 3, balance: total })
  })

  it.each(['tok_lost', 'tok_slow'])('%s: 202, then it is known', async (token) => {
    const { id } = await market.reserved(buyer, book)
    const key = randomUUID()
    const first = await market.pay(buyer, id, token, key)
    expect([200, 202]).toContain(first.status)
    const order = await market.reaches(buyer, id, 'paid')
    expect(eventsOf(order).filter((event) => event === 'paid')).toHaveLength(1)
    expect(await market.pay(buyer, id, token, key)).toMatchObject({ status: 200, body: { status: 'paid' } })
    expect(await market.ledger(id)).toMatchObject({ charges: 1, balance: total })
  })

  it('tells twice is heard once', async () => {
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_twice')).status).toBe(200)
    await until(
      'both webhooks came',
      async () =>
        (await market.sql('payments', `select 1 from outbox where payload ->> 'reference' = '${id}'`)).length === 0,
    )
    const order = (await market.get(buyer, `orders/${id}`)).body
    expect(eventsOf(order).filter((event) => event === 'paid' || event === 'delivery-scheduled')).toHaveLength(2)
  })
})

describe('a webhook', () => {
  const forged = { type: 'charge.succeeded', amount: total, currency: 'USD' }

  it('that nobody signed, or somebody else, or for another body, or long ago, is refused', async () => {
    const { id } = await market.reserved(buyer, book)
    const event = { ...forged, key: randomUUID(), reference: id }
    const refused = { status: 401, body: { code: 'invalid-signature' } }
    expect(await webhooks.send(event, { secret: 'guess' })).toMatchObject(refused)
    expect(await webhooks.send(event, { tamper: (body) => body.replace('1740', '1741') })).toMatchObject(refused)
    expect(await webhooks.send(event, { at: Date.now() - 301_000 })).toMatchObject(refused)
    const options = { internal: true, body: event }
    expect(await shop.request('sales', 'POST', '/webhooks/payments', options)).toMatchObject(refused)
    expect((await market.get(buyer, `orders/${id}`)).body.status).toBe('reserved')
  })

  it('is not reachable on the public socket', async () => {
    expect((await shop.request('sales', 'POST', '/webhooks/payments', { body: forged })).status).toBe(404)
  })

  it('settles once, duplicated, out of order and after everybody else', async () => {
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    await market.settled()
    const key = await paymentOf(id)
    const event = { ...forged, id: randomUUID(), key, reference: id }
    const sent = await Promise.all(Array.from({ length: 10 }, () => webhooks.send(event)))
    expect(sent.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 204))
    // Of a refund that nobody asked for, and of a decline after the success: neither moves anything.
    await webhooks.send({ ...event, id: randomUUID(), type: 'charge.refunded' })
    await webhooks.send({ ...event, id: randomUUID(), type: 'charge.declined' })
    const order = (await market.get(buyer, `orders/${id}`)).body
    expect(order.status).toBe('paid')
    expect(eventsOf(order).filter((name) => name === 'paid')).toHaveLength(1)
  })

  it('of money for an order that was cancelled meanwhile gives the money back', async () => {
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_declined')).status).toBe(402)
    expect((await market.cancel(buyer, id)).body.status).toBe('cancelled')
    const key = await paymentOf(id)
    await market.sql('payments', `update charges set status = 'succeeded', reason = null where key = '${key}'`)
    expect((await webhooks.send({ ...forged, key, reference: id })).status).toBe(204)
    await market.reaches(buyer, id, 'refunded')
    expect(await market.ledger(id)).toMatchObject({ charges: 1, charged: total, refunded: total, balance: 0 })
  })

  it('of a charge that is not ours, or of another amount, changes nothing', async () => {
    const { id } = await market.reserved(buyer, book)
    expect((await webhooks.send({ ...forged, key: randomUUID(), reference: id })).status).toBe(204)
    expect((await webhooks.send({ ...forged, key: 'x', reference: id })).status).toBe(204)
    expect((await market.get(buyer, `orders/${id}`)).body.status).toBe('reserved')
  })

  it.each([
    ['no JSON', '{', 400],
    ['no event', '{"id":"1"}', 422],
    ['an event of another kind', JSON.stringify({ ...forged, id: '1', key: 'k', reference: 'r', type: 'x' }), 422],
  ])('that is signed and holds %s is refused', async (_, text, status) => {
    expect(await webhooks.send(text)).toMatchObject({ status })
  })
})

describe('two tabs', () => {
  it('pay at once: one charge', async () => {
    const { id } = await market.reserved(buyer, book)
    const replies = await Promise.all(Array.from({ length: 12 }, () => market.pay(buyer, id, 'tok_ok')))
    const paid = replies.filter(({ status }) => status === 200)
    expect(paid).toHaveLength(1)
    for (const { status, body } of replies.filter((reply) => !paid.includes(reply))) {
      expect(status).toBe(409)
      expect(['payment-in-progress', 'already-paid']).toContain(body.code)
    }
    expect(await market.pay(buyer, id, 'tok_ok')).toMatchObject({ status: 409, body: { code: 'already-paid' } })
    expect(await market.ledger(id)).toMatchObject({ charges: 1, balance: total })
  })

  it('one is declined while the other pays: at most one pays, and its reservation stays', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await market.reserved(buyer, book)
      const pay = (token: string) => market.pay(buyer, id, token)
      await Promise.all([pay('tok_declined'), pay('tok_ok'), pay('tok_declined'), pay('tok_ok')])
      await market.settled()
      const { status } = (await market.get(buyer, `orders/${id}`)).body
      const { balance } = await market.ledger(id)
      expect([status, balance, await market.reservation(id)]).toEqual(
        status === 'paid' ? ['paid', total, 'sold'] : ['reserved', 0, 'held'],
      )
    }
  })
})

it('a late message of a declined payment does not let the reservation of the next one expire', async () => {
  const { id } = await market.reserved(buyer, book)
  const paying = market.pay(buyer, id, 'tok_slow')
  await until('it is kept', async () => (await market.reservation(id)) === 'kept')
  await market.sql('sales', `insert into outbox (topic, subject, payload) values ('expire-again', '${id}', '{}')`)
  const messages = `select 1 from outbox where subject = '${id}' and topic = 'expire-again'`
  await until('it was handled', async () => (await market.sql('sales', messages)).length === 0)
  expect(['kept', 'sold']).toContain(await market.reservation(id))
  expect((await paying).status).toBe(202)
  await market.reaches(buyer, id, 'paid')
})

describe('cancelling', () => {
  it('gives the books back, and the money of a paid order; again, it is the same order', async () => {
    const before = await market.stock(book)
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    const cancelled = await market.cancel(buyer, id)
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'refunded', payment: { status: 'refunded' } } })
    expect(eventsOf(cancelled.body).slice(-3)).toEqual(['cancelled', 'refund-started', 'refunded'])
    await market.settled()
    expect(await market.cancel(buyer, id)).toMatchObject({ status: 200, body: { id, status: 'refunded' } })
    expect(await market.stock(book)).toBe(before)
    expect(await market.pay(buyer, id, 'tok_ok')).toMatchObject({ status: 409, body: { code: 'order-cancelled' } })
  })

  it('waits for a payment under way', async () => {
    const { id } = await market.reserved(buyer, book)
    const paying = market.pay(buyer, id, 'tok_slow')
    await market.reaches(buyer, id, 'paying')
    expect(await market.cancel(buyer, id)).toMatchObject({ status: 409, body: { code: 'payment-in-progress' } })
    expect((await paying).status).toBe(202)
    await market.reaches(buyer, id, 'paid')
    expect((await market.cancel(buyer, id)).body.status).toBe('refunded')
  })

  it('in a race with payment: nobody pays for nothing', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await market.reserved(buyer, book)
      await Promise.all([market.pay(buyer, id, 'tok_ok'), market.cancel(buyer, id), market.cancel(buyer, id)])
      await market.settled()
      const order = (await market.get(buyer, `orders/${id}`)).body
      const { balance } = await market.ledger(id)
      expect(['paid', 'cancelled', 'refunded']).toContain(order.status)
      expect(balance).toBe(order.status === 'paid' ? total : 0)
      expect(await market.reservation(id)).toBe(order.status === 'paid' ? 'sold' : 'released')
    }
  })
})

describe('while the card processor is down', () => {
  it('killed in the middle: the payment is known once it is back, and charged once', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, () => market.reserved(buyer, book)))
    const tokens = ['tok_ok', 'tok_slow', 'tok_lost', 'tok_twice', 'tok_ok', 'tok_slow']
    const paying = orders.map(({ id }, index) => market.pay(buyer, id, tokens[index] as string))
    await new Promise((resolve) => setTimeout(resolve, 60))
    await shop.stop('payments', 'SIGKILL')
    for (const { status } of await Promise.all(paying)) expect([200, 202]).toContain(status)
    await shop.start('payments')
    await Promise.all(orders.map(({ id }) => market.reaches(buyer, id, 'paid', 20_000)))
    await market.settled()
    for (const { id } of orders) expect(await market.ledger(id)).toMatchObject({ charges: 1, balance: total })
  })

  it('a refund waits for it', async () => {
    const { id } = await market.reserved(buyer, book)
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    await shop.stop('payments', 'SIGKILL')
    const cancelled = await market.cancel(buyer, id)
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', payment: { status: 'refunding' } } })
    expect((await market.pay(buyer, id, 'tok_ok')).body.code).toBe('order-cancelled')
    await shop.start('payments')
    await market.reaches(buyer, id, 'refunded')
    expect(await market.ledger(id)).toMatchObject({ balance: 0 })
  })
})

it('slow payments, more than there are connections, do not keep others from looking at their orders', async () => {
  const orders = await Promise.all(Array.from({ length: 16 }, () => market.reserved(buyer, book)))
  let answered = 0
  const paying = orders.map(async ({ id }) => {
    expect((await market.pay(buyer, id, 'tok_slow')).status).toBe(202)
    answered++
  })
  await market.reaches(buyer, orders[0]?.id as string, 'paying')
  expect((await market.get(buyer, 'orders')).status).toBe(200)
  expect((await shop.request('sales', 'GET', '/readyz', { internal: true })).status).toBe(200)
  expect(answered).toBeLessThan(orders.length)
  await Promise.all(paying)
  await market.settled(20_000)
  for (const { id } of orders) expect(await market.ledger(id)).toMatchObject({ charges: 1, balance: total })
})

it('a database that breaks all connections in the middle of a payment: charged once, known to the same key', async () => {
  const { id } = await market.reserved(buyer, book)
  const key = randomUUID()
  const paying = market.pay(buyer, id, 'tok_slow', key)
  await market.reaches(buyer, id, 'paying')
  await market.sql(
    'sales',
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  expect([202, 503]).toContain((await paying).status)
  await market.reaches(buyer, id, 'paid')
  expect(await market.pay(buyer, id, 'tok_slow', key)).toMatchObject({ status: 200, body: { status: 'paid' } })
  expect(await market.ledger(id)).toMatchObject({ charges: 1, balance: total })
})

it('told to stop, sales answers what it has begun', async () => {
  const { id } = await market.reserved(buyer, book)
  const paying = market.pay(buyer, id, 'tok_slow')
  await market.reaches(buyer, id, 'paying')
  const stopped = shop.stop('sales', 'SIGTERM')
  expect((await paying).status).toBe(202)
  await stopped
  await shop.start('sales')
  await market.reaches(buyer, id, 'paid')
})

it('a catalog that dies in the middle holds nothing up for good', async () => {
  const paidLater = await market.reserved(buyer, book)
  const cart = { body: { lines: [{ bookId: book, quantity: 1 }] } }
  expect((await market.ask('PUT', '/sales/cart', buyer, cart)).status).toBe(200)
  await shop.stop('catalog', 'SIGKILL')
  const key = randomUUID()
  expect(await market.order(buyer, orderOf(book), key)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  expect(await market.get(buyer, 'cart')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  expect(await market.ask('PUT', '/sales/cart', buyer, cart)).toMatchObject({ status: 503 })
  expect((await market.pay(buyer, paidLater.id, 'tok_ok')).status).toBe(202)
  await shop.start('catalog')
  expect(await market.order(buyer, orderOf(book), key)).toMatchObject({ status: 201, body: { status: 'reserved' } })
  await market.reaches(buyer, paidLater.id, 'paid')
  await market.settled()
  expect(await market.reservation(paidLater.id)).toBe('sold')
})
