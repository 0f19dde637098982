import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market
let seller: Person
let buyer: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog', 'payments', 'sales'],
    env: { sales: { BOOKSTORE_COURIER_SECONDS: '0.3' } },
  })
  market = new Market(shop, inject('cluster'))
  ;[seller, buyer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
})
afterAll(() => shop?.close())

it('goes from the cart to the door', async () => {
  const book = await market.book(seller, 3)
  const cart = await market.ask('PUT', '/sales/cart', buyer, { body: { lines: [{ bookId: book, quantity: 2 }] } })
  expect(cart).toMatchObject({
    status: 200,
    body: {
      lines: [{ bookId: book, quantity: 2, state: 'available', unitPrice: { amount: 1250, currency: 'USD' } }],
      totals: [{ amount: 2500, currency: 'USD' }],
    },
  })
  const placed = await market.order(buyer, orderOf(book, 2))
  expect(placed).toMatchObject({
    status: 201,
    body: {
      status: 'reserved',
      number: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/),
      lines: [{ bookId: book, title: 'La Regenta', quantity: 2, total: { amount: 2500, currency: 'USD' } }],
      itemsTotal: { amount: 2500, currency: 'USD' },
      total: { amount: 2990, currency: 'USD' },
      delivery: { provider: { id: 'posta-comun' }, status: 'waiting', trackingCode: null },
      payment: null,
      expiresAt: expect.any(String),
    },
  })
  expect(placed.headers.location).toBe(`/sales/orders/${placed.body.id}`)
  expect((await market.get(buyer, 'cart')).body.lines).toEqual([])
  expect(await market.stock(book)).toBe(1)

  const paid = await market.pay(buyer, placed.body.id, 'tok_ok')
  expect(paid).toMatchObject({
    status: 200,
    body: { status: 'paid', payment: { status: 'succeeded', method: 'card' }, expiresAt: null },
  })
  const delivered = await market.reaches(buyer, placed.body.id, 'delivered')
  expect(delivered.delivery).toMatchObject({
    status: 'delivered',
    trackingCode: expect.stringMatching(/^BK-/),
    estimatedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  })
  expect(delivered.timeline.map((entry: { event: string }) => entry.event)).toEqual([
    'placed',
    'reserved',
    'payment-started',
    'paid',
    'delivery-scheduled',
    'shipped',
    'delivered',
  ])
  expect(await market.reservation(placed.body.id)).toBe('sold')
  expect(await market.ledger(placed.body.id)).toMatchObject({ charges: 1, charged: 2990, balance: 2990 })
  expect(await market.cancel(buyer, placed.body.id)).toMatchObject({ status: 409, body: { code: 'too-late' } })
})
