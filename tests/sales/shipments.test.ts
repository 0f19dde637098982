import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Reply, startShop, type TestShop, until } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market
let clara: Person
let fermin: Person
let buyer: Person
let ofClara: string
let ofFermin: string

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    instances: { sales: 2 },
    env: { sales: { BOOKSTORE_COURIER_SECONDS: '3600' } },
  })
  market = new Market(shop, inject('cluster'))
  const people = await Promise.all([market.person(), market.person(), market.person()])
  ;[clara, fermin, buyer] = people as [Person, Person, Person]
  ;[ofClara, ofFermin] = (await Promise.all([market.book(clara, 500, 1000), market.book(fermin, 500, 2000)])) as [
    string,
    string,
  ]
})
afterAll(() => shop?.close())

const hidden = { status: 404, body: { code: 'not-found' } }
const tooLate = { status: 409, body: { code: 'too-late' } }

/** A reserved order of books, two of the first and one of each other. */
async function placed(...books: string[]): Promise<string> {
  const lines = books.map((bookId, n) => ({ bookId, quantity: n === 0 ? 2 : 1 }))
  const reply = await market.order(buyer, orderOf(randomUUID(), 1, { lines }))
  expect(reply.status, JSON.stringify(reply.body)).toBe(201)
  return reply.body.id
}

async function paid(...books: string[]): Promise<string> {
  const id = await placed(...books)
  expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
  return id
}

const handOver = (seller: Person, orderId: string, instance = 1) =>
  market.ask('POST', `/sales/shipments/${orderId}`, seller, { instance })
const page = async (seller: Person, query: string): Promise<Reply['body']> =>
  (await market.get(seller, `shipments?${query}`)).body
/** A seller's part of an order in one of the lists, or undefined. */
const partIn = async (seller: Person, state: string, orderId: string): Promise<Reply['body']> =>
  (await page(seller, `state=${state}&limit=100`)).items.find((item: Reply['body']) => item.orderId === orderId)
const orderNow = async (id: string): Promise<Reply['body']> => (await market.get(buyer, `orders/${id}`)).body
const eventsOf = (order: { timeline: { event: string }[] }) => order.timeline.map(({ event }) => event)
const shippedLines = (order: { lines: { shippedAt: string | null }[] }) =>
  order.lines.map(({ shippedAt }) => shippedAt !== null)

describe('a part of an order', () => {
  it('is to ship once the order is paid, and shows its seller their own lines and where they go', async () => {
    const id = await placed(ofClara, ofFermin)
    expect(await partIn(clara, 'to-ship', id)).toBeUndefined()
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    const { address } = orderOf(ofClara)
    const part = await partIn(clara, 'to-ship', id)
    expect(part).toEqual({
      orderId: id,
      number: (await orderNow(id)).number,
      status: 'paid',
      lines: [
        {
          bookId: ofClara,
          title: 'La Regenta',
          author: 'Leopoldo Alas',
          seller: { id: clara.id, name: 'Ana' },
          quantity: 2,
          unitPrice: { amount: 1000, currency: 'USD' },
          total: { amount: 2000, currency: 'USD' },
          shippedAt: null,
        },
      ],
      buyer: { name: address.name, address },
      paidAt: expect.stringMatching(/^\d{4}-/),
      shippedAt: null,
    })
    expect((await partIn(fermin, 'to-ship', id)).lines).toMatchObject([{ bookId: ofFermin, quantity: 1 }])
    expect(await partIn(buyer, 'to-ship', id)).toBeUndefined()
    expect(await market.get(clara, `orders/${id}`)).toMatchObject(hidden)
  })

  it('is nobody else’s business', async () => {
    const id = await paid(ofClara)
    for (const stranger of [fermin, buyer]) expect(await handOver(stranger, id)).toMatchObject(hidden)
    for (const wrong of [randomUUID(), '1', `${id}'--`, '%00'])
      expect(await handOver(clara, wrong)).toMatchObject(hidden)
    expect((await orderNow(id)).status).toBe('paid')
  })

  it('is not handed over before the order is paid, nor after it was cancelled', async () => {
    const id = await placed(ofClara, ofFermin)
    expect(await handOver(clara, id)).toMatchObject({ status: 409, body: { code: 'not-paid' } })
    expect((await market.pay(buyer, id, 'tok_ok')).status).toBe(200)
    expect((await market.cancel(buyer, id)).status).toBe(200)
    expect(await partIn(clara, 'to-ship', id)).toBeUndefined()
    expect(await handOver(clara, id)).toMatchObject({ status: 409, body: { code: 'cancelled' } })
    await market.reaches(buyer, id, 'refunded')
    expect(await handOver(fermin, id)).toMatchObject({ status: 409, body: { code: 'cancelled' } })
    expect([await partIn(clara, 'to-ship', id), await partIn(clara, 'shipped', id)]).toEqual([undefined, undefined])
  })
})

describe('handing over', () => {
  it('part by part: the order is on its way with the last one, and is not cancelled after the first', async () => {
    const id = await paid(ofClara, ofFermin)
    const first = await handOver(clara, id)
    expect(first).toMatchObject({ status: 200, body: { orderId: id, status: 'paid', shippedAt: expect.any(String) } })
    expect(await handOver(clara, id)).toMatchObject({ status: 200, body: first.body })
    expect(await partIn(clara, 'to-ship', id)).toBeUndefined()
    expect(await partIn(clara, 'shipped', id)).toEqual(first.body)
    expect(await partIn(fermin, 'to-ship', id)).toMatchObject({ status: 'paid' })
    await market.settled()
    const half = await orderNow(id)
    expect([half.status, half.delivery.status, shippedLines(half)]).toEqual(['paid', 'scheduled', [true, false]])
    expect(half.lines[0].shippedAt).toBe(first.body.shippedAt)
    expect(await market.cancel(buyer, id)).toMatchObject(tooLate)

    expect(await handOver(fermin, id)).toMatchObject({ status: 200, body: { status: 'shipped' } })
    const whole = await orderNow(id)
    expect([whole.status, whole.delivery.status, shippedLines(whole)]).toEqual(['shipped', 'in-transit', [true, true]])
    expect(eventsOf(whole).slice(-3)).toEqual(['paid', 'delivery-scheduled', 'shipped'])
    expect(await market.cancel(buyer, id)).toMatchObject(tooLate)
    expect(await handOver(fermin, id)).toMatchObject({ status: 200, body: { status: 'shipped' } })
    expect(eventsOf(await orderNow(id)).filter((event) => event === 'shipped')).toHaveLength(1)
    expect(await market.ledger(id)).toMatchObject({ charges: 1, refunded: 0 })
  })

  it('books the courier when nobody did yet, also for an order of the release before', async () => {
    const id = await paid(ofClara)
    await market.settled()
    await market.sql('sales', `delete from deliveries where order_id = '${id}'`)
    await market.sql('sales', `delete from shipments where order_id = '${id}'`)
    expect(await handOver(clara, id)).toMatchObject({ status: 200, body: { status: 'shipped' } })
    expect((await orderNow(id)).delivery).toMatchObject({ status: 'in-transit', trackingCode: expect.any(String) })
  })

  it('leaves the door to the courier’s pace, who also leaves with what nobody handed over', async () => {
    const [id, slow] = await Promise.all([paid(ofClara), paid(ofClara, ofFermin)])
    await market.settled()
    const due = (...ids: string[]) =>
      market.sql('sales', `update deliveries set next_step_at = now() where order_id in ('${ids.join("','")}')`)
    await handOver(clara, id)
    const early = await handOver(fermin, slow)
    await due(id, slow)
    await market.reaches(buyer, id, 'delivered')
    const order = await market.reaches(buyer, slow, 'shipped')
    expect(order.lines.map(({ shippedAt }: { shippedAt: string }) => shippedAt)).toEqual([
      expect.any(String),
      early.body.shippedAt,
    ])
    expect(await handOver(clara, slow)).toMatchObject({ status: 200, body: { status: 'shipped' } })
    await due(slow)
    await market.reaches(buyer, slow, 'delivered')
    expect(await partIn(clara, 'shipped', slow)).toMatchObject({ status: 'delivered' })
    expect(eventsOf(await orderNow(slow)).slice(-2)).toEqual(['shipped', 'delivered'])
  })
})

describe('at the same time, in two processes,', () => {
  const instanceOf = (index: number) => (index % 2) + 1

  it('two sellers, each ten times: all hear 200, the order is shipped once', async () => {
    const id = await paid(ofClara, ofFermin)
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => handOver(n % 4 < 2 ? clara : fermin, id, instanceOf(n))),
    )
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(replies.map(({ body }) => body.shippedAt)).size).toBe(2)
    await market.settled()
    const order = await orderNow(id)
    expect([order.status, order.delivery.status]).toEqual(['shipped', 'in-transit'])
    expect(eventsOf(order).filter((event) => event === 'shipped' || event === 'delivery-scheduled')).toHaveLength(2)
  })

  it('a seller hands over and the buyer cancels: one of them wins, and the money agrees', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => paid(ofClara, ofFermin)))
    const races = await Promise.all(
      ids.map((id, n) =>
        Promise.all([handOver(clara, id, instanceOf(n)), market.cancel(buyer, id, instanceOf(n + 1))]),
      ),
    )
    await market.settled()
    for (const [n, [handed, cancelled]] of races.entries()) {
      const id = ids[n] as string
      const { status } = await orderNow(id)
      const { balance } = await market.ledger(id)
      if (handed.status === 200) expect([cancelled.body.code, status, balance > 0]).toEqual(['too-late', 'paid', true])
      else expect([handed.body.code, cancelled.status, status, balance]).toEqual(['cancelled', 200, 'refunded', 0])
    }
  })
})

describe('the list of a seller', () => {
  it('comes in pages, each part once: the longest waiting first, and the latest shipped first', async () => {
    const seller = await market.person()
    const book = await market.book(seller, 10)
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.push(await paid(book))
    const walk = async (state: string): Promise<string[]> => {
      const seen: string[] = []
      let next: string | null = ''
      for (; next !== null; ) {
        const body: Reply['body'] = await page(seller, `state=${state}&limit=2${next && `&cursor=${next}`}`)
        seen.push(...body.items.map((item: { orderId: string }) => item.orderId))
        next = body.next
      }
      return seen
    }
    expect(await walk('to-ship')).toEqual(ids)
    const { items } = await page(seller, '')
    expect(items.map((item: { orderId: string }) => item.orderId)).toEqual(ids)
    for (const id of ids) expect((await handOver(seller, id)).status).toBe(200)
    expect(await walk('to-ship')).toEqual([])
    expect(await walk('shipped')).toEqual([...ids].reverse())
    const { next } = await page(seller, 'state=shipped&limit=2')
    expect(await market.get(seller, `shipments?state=to-ship&cursor=${next}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid-cursor' },
    })
  })

  it.each(['state=lost', 'state=', 'state=shipped&state=to-ship', 'limit=0', 'limit=101', 'seller=1', 'cursor=%00'])(
    'is not asked for with %s',
    async (query) => {
      expect((await market.get(clara, `shipments?${query}`)).status).toBe(400)
    },
  )

  it('is empty for somebody who sold nothing, and closed to who shows no token', async () => {
    expect(await page(buyer, 'state=to-ship')).toEqual({ items: [], next: null })
    expect((await shop.request('sales', 'GET', '/sales/shipments')).status).toBe(401)
    expect((await shop.request('sales', 'POST', `/sales/shipments/${randomUUID()}`)).status).toBe(401)
  })
})

it('a seller is bound until what they sold is at the door', async () => {
  const seller = await market.person()
  const id = await paid(await market.book(seller, 2))
  expect(await market.isBound(seller)).toBe(true)
  await handOver(seller, id)
  expect(await market.isBound(seller)).toBe(true)
  await market.sql('sales', `update deliveries set next_step_at = now() where order_id = '${id}'`)
  await until('it is delivered', async () => !(await market.isBound(seller)))
})
