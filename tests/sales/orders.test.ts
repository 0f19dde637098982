import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { Market, orderOf, type Person } from './fixtures/market.ts'

let shop: TestShop
let market: Market
let seller: Person
let buyer: Person
let stranger: Person
let book: string

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog', 'payments', 'sales'] })
  market = new Market(shop, inject('cluster'))
  const people = await Promise.all([market.person(), market.person(), market.person()])
  ;[seller, buyer, stranger] = people as [Person, Person, Person]
  book = await market.book(seller, 100)
})
afterAll(() => shop?.close())

describe('an order', () => {
  it('is nobody else’s business', async () => {
    const { id } = await market.reserved(buyer, book)
    const hidden = { status: 404, body: { code: 'not-found' } }
    expect(await market.get(stranger, `orders/${id}`)).toMatchObject(hidden)
    expect(await market.cancel(stranger, id)).toMatchObject(hidden)
    expect(await market.pay(stranger, id, 'tok_ok')).toMatchObject(hidden)
    expect(await market.get(stranger, `orders/${randomUUID()}`)).toMatchObject(hidden)
    expect(await market.get(stranger, 'orders/1')).toMatchObject(hidden)
    expect((await market.get(stranger, 'orders')).body).toEqual({ items: [], next: null })
  })

  it('takes its prices from the catalog alone', async () => {
    const priced = {
      ...orderOf(book),
      lines: [{ bookId: book, quantity: 1, unitPrice: { amount: 1, currency: 'USD' } }],
    }
    expect(await market.order(buyer, priced)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'lines.0.unitPrice' }] },
    })
    expect(await market.order(buyer, orderOf(book, 1, { total: 1 }))).toMatchObject({ status: 422 })
  })

  it('of a book that is not there, or of one’s own, says so and is not listed', async () => {
    const before = (await market.get(seller, 'orders')).body.items.length
    expect(await market.order(seller, orderOf(randomUUID()))).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    })
    expect(await market.order(seller, orderOf(book))).toMatchObject({ status: 422, body: { code: 'own-book' } })
    expect((await market.get(seller, 'orders')).body.items).toHaveLength(before)
  })

  it.each<[string, object, string]>([
    ['no lines', { lines: [] }, 'lines'],
    ['a quantity of 0', { lines: [{ bookId: randomUUID(), quantity: 0 }] }, 'lines.0.quantity'],
    ['a quantity of 100', { lines: [{ bookId: randomUUID(), quantity: 100 }] }, 'lines.0.quantity'],
    ['a quantity of 1.5', { lines: [{ bookId: randomUUID(), quantity: 1.5 }] }, 'lines.0.quantity'],
    ['a quantity of "1"', { lines: [{ bookId: randomUUID(), quantity: '1' }] }, 'lines.0.quantity'],
    ['no id', { lines: [{ bookId: "1' or '1'='1", quantity: 1 }] }, 'lines.0.bookId'],
    ['51 lines', { lines: Array.from({ length: 51 }, () => ({ bookId: randomUUID(), quantity: 1 })) }, 'lines'],
    ['a courier of nowhere', { deliveryProvider: 'nobody' }, 'deliveryProvider'],
    ['another type', { deliveryProvider: null }, 'deliveryProvider'],
    ['no address', { address: null }, 'address'],
  ])('with %s is refused', async (_, more, field) => {
    const reply = await market.order(buyer, { ...orderOf(book), ...more })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field }] } })
  })

  it('with a book on two lines is refused, however its id is written', async () => {
    const lines = [
      { bookId: book, quantity: 1 },
      { bookId: book.toUpperCase(), quantity: 1 },
    ]
    const reply = await market.order(buyer, orderOf(book, 1, { lines }))
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field: 'lines.1.bookId' }] } })
  })

  it.each<[string, object, string]>([
    ['no such country', { country: 'XX' }, 'address.country'],
    ['a name of a country', { country: 'Spain' }, 'address.country'],
    ['no street', { street: ' ' }, 'address.street'],
    ['a NUL', { name: 'a\0b' }, 'address.name'],
    ['half a character', { city: '\ud83d' }, 'address.city'],
    ['too long a name', { name: 'x'.repeat(121) }, 'address.name'],
    ['an unknown field', { planet: 'Mars' }, 'address.planet'],
  ])('to an address with %s is refused', async (_, more, field) => {
    const { address, ...rest } = orderOf(book)
    const reply = await market.order(buyer, { ...rest, address: { ...address, ...more } })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field }] } })
  })

  it('goes only where its courier goes', async () => {
    const { address, ...rest } = orderOf(book)
    const abroad = { ...rest, address: { ...address, country: 'JP' } }
    expect(await market.order(buyer, abroad)).toMatchObject({ status: 422, body: { code: 'not-delivered-there' } })
    const anywhere = await market.order(buyer, { ...abroad, deliveryProvider: 'albatross' })
    expect(anywhere).toMatchObject({ status: 201, body: { delivery: { address: { country: 'JP' } } } })
  })

  it('keeps hostile text as it is', async () => {
    const { address, ...rest } = orderOf(book)
    const name = `<script>alert('x')</script> "; drop table orders; -- ‮ 日本 𝒳`
    const reply = await market.order(buyer, { ...rest, address: { ...address, name } })
    expect(reply).toMatchObject({ status: 201, body: { delivery: { address: { name } } } })
  })

  it('needs a key', async () => {
    const reply = await market.ask('POST', '/sales/orders', buyer, { body: orderOf(book) })
    expect(reply).toMatchObject({ status: 400, body: { code: 'idempotency-key-missing' } })
    for (const key of ['', 'a b', 'x'.repeat(256)])
      expect((await market.order(buyer, orderOf(book), key)).status).toBe(400)
  })

  it.each([
    ['no method', {}],
    ['cash', { method: { type: 'cash' } }],
    ['no token', { method: { type: 'card' } }],
    ['a card number', { method: { type: 'card', token: 'tok_ok', number: '4111' } }],
  ])('is not paid with %s', async (_, body) => {
    const { id } = await market.reserved(buyer, book)
    const reply = await market.ask('POST', `/sales/orders/${id}/payment`, buyer, { body, key: randomUUID() })
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid-body' } })
  })
})

it('own orders come in pages, latest first, each once', async () => {
  const customer = await market.person()
  const placed: string[] = []
  for (let n = 0; n < 7; n++) placed.push((await market.reserved(customer, book)).id)
  const seen: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const path: string = `orders?limit=3${next === '' ? '' : `&cursor=${next}`}`
    const { body } = await market.get(customer, path)
    seen.push(...body.items.map(({ id }: { id: string }) => id))
    next = body.next
  }
  expect(seen).toEqual(placed.reverse())
  expect(await market.get(customer, 'orders?cursor=nonsense')).toMatchObject({ status: 400 })
  expect(await market.get(customer, 'orders?limit=101')).toMatchObject({ status: 400 })
  expect(await market.get(customer, 'orders?page=2')).toMatchObject({ status: 400 })
})

describe('a cart', () => {
  it('tells what became of its books', async () => {
    const customer = await market.person()
    const [plenty, few, dearer] = await Promise.all([
      market.book(seller, 9, 1000),
      market.book(seller, 2, 2000),
      market.book(seller, 9, 500),
    ])
    const gone = randomUUID()
    const lines = [
      { bookId: plenty, quantity: 2 },
      { bookId: few, quantity: 3 },
      { bookId: dearer, quantity: 1 },
      { bookId: gone, quantity: 1 },
    ]
    await market.ask('PUT', '/sales/cart', customer, { body: { lines } })
    const raised = { body: { price: { amount: 600, currency: 'USD' } }, headers: seller.headers }
    expect((await shop.request('catalog', 'PATCH', `/catalog/books/${dearer}`, raised)).status).toBe(200)
    const { body } = await market.get(customer, 'cart')
    expect(body.lines).toMatchObject([
      { bookId: plenty, state: 'available', total: { amount: 2000 } },
      { bookId: few, state: 'short', available: 2 },
      { bookId: dearer, state: 'price-changed', unitPrice: { amount: 600 }, priceWhenAdded: { amount: 500 } },
      { bookId: gone, state: 'gone', title: null, unitPrice: null, total: null },
    ])
    expect(body.totals).toEqual([{ amount: 2600, currency: 'USD' }])
  })

  it('is one’s own, is replaced as a whole, and may be empty', async () => {
    const put = (lines: object[]) => market.ask('PUT', '/sales/cart', buyer, { body: { lines } })
    expect((await put([{ bookId: book, quantity: 1 }])).status).toBe(200)
    expect((await market.get(stranger, 'cart')).body).toEqual({ lines: [], totals: [] })
    const writers = await Promise.all(Array.from({ length: 10 }, (_, n) => put([{ bookId: book, quantity: n + 1 }])))
    expect(writers.every(({ status }) => status === 200)).toBe(true)
    expect((await market.get(buyer, 'cart')).body.lines).toHaveLength(1)
    expect((await put([])).body).toEqual({ lines: [], totals: [] })
    const twice = [
      { bookId: book, quantity: 1 },
      { bookId: book, quantity: 2 },
    ]
    expect(await put(twice)).toMatchObject({ status: 422, body: { errors: [{ field: 'lines.1.bookId' }] } })
  })
})

it('lets nobody in without a token', async () => {
  for (const [method, path] of [
    ['GET', '/sales/cart'],
    ['PUT', '/sales/cart'],
    ['GET', '/sales/orders'],
    ['POST', '/sales/orders'],
    ['GET', `/sales/orders/${randomUUID()}`],
    ['POST', `/sales/orders/${randomUUID()}/payment`],
    ['POST', `/sales/orders/${randomUUID()}/cancel`],
  ] as const)
    expect((await shop.request('sales', method, path, { body: {} })).status, `${method} ${path}`).toBe(401)
})

it('knows what binds an account, as buyer and as seller', async () => {
  const [vendor, customer] = (await Promise.all([market.person(), market.person()])) as [Person, Person]
  const { id } = await market.reserved(customer, await market.book(vendor, 1))
  const bound = () => Promise.all([market.isBound(vendor), market.isBound(customer)])
  expect(await bound()).toEqual([true, true])
  await market.cancel(customer, id)
  expect(await bound()).toEqual([false, false])
})

it('shows its contract and its couriers to anybody', async () => {
  const contract = await shop.request('sales', 'GET', '/sales/openapi.json')
  expect(Object.keys(contract.body.paths)).toContain('/sales/orders/{id}/payment')
  const { body } = await shop.request('sales', 'GET', '/sales/delivery-providers')
  expect(body.items[0]).toMatchObject({
    coverage: 'worldwide',
    price: { amount: expect.any(Number), currency: 'USD' },
    days: 9,
  })
})
