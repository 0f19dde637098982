import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, draft, type Person, release, reserve, somebody, withDatabase } from './support.ts'

let shop: TestShop
let seller: Person
let other: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog'] })
  seller = await somebody(shop, 'Marta')
  other = await somebody(shop, 'Otra')
})
afterAll(() => shop?.close())

const path = (id: string) => `/catalog/books/${id}`
const read = (id: string, headers: Record<string, string> = {}) => shop.request('catalog', 'GET', path(id), { headers })

describe('a reservation', () => {
  it('says what was bought of whom and for how much, and says so again', async () => {
    const [a, b] = [await bookOf(shop, seller), await bookOf(shop, other, { title: 'Otro' })]
    const order = randomUUID()
    const buyer = randomUUID()
    const lines = [
      { bookId: b, quantity: 1 },
      { bookId: a, quantity: 2 },
    ]
    const first = await reserve(shop, order, lines, buyer)
    expect(first).toMatchObject({ status: 200, body: { orderId: order, state: 'held' } })
    expect(first.body.lines).toEqual([
      {
        bookId: b,
        title: 'Otro',
        author: draft.author,
        seller: { id: other.id, name: 'Otra' },
        quantity: 1,
        unitPrice: draft.price,
      },
      {
        bookId: a,
        title: draft.title,
        author: draft.author,
        seller: { id: seller.id, name: 'Marta' },
        quantity: 2,
        unitPrice: draft.price,
      },
    ])
    expect(Date.parse(first.body.expiresAt) - Date.now()).toBeGreaterThan(890_000)
    const changed = { price: { amount: 9_999, currency: 'USD' } }
    await shop.request('catalog', 'PATCH', path(a), { body: changed, headers: seller.headers })
    expect((await reserve(shop, order, lines, buyer)).body).toEqual(first.body)
    expect(await reserve(shop, order, [{ bookId: a, quantity: 1 }], buyer)).toMatchObject({
      status: 409,
      body: { code: 'reservation-differs' },
    })
  })

  it('takes all or nothing, and names the lines', async () => {
    const [plenty, scarce] = [await bookOf(shop, seller, { stock: 9 }), await bookOf(shop, seller, { stock: 1 })]
    const answer = await reserve(shop, randomUUID(), [
      { bookId: plenty, quantity: 1 },
      { bookId: scarce, quantity: 2 },
    ])
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'out-of-stock', errors: [{ field: 'lines.1', message: '1 left' }] },
    })
    expect((await read(plenty)).body.stock).toBe(9)
    expect((await read(scarce)).body.stock).toBe(1)
  })

  it('adds up a book that is named twice', async () => {
    const id = await bookOf(shop, seller, { stock: 3 })
    const twice = (quantity: number) => [
      { bookId: id, quantity },
      { bookId: id, quantity: 2 },
    ]
    expect(await reserve(shop, randomUUID(), twice(2))).toMatchObject({ status: 409, body: { code: 'out-of-stock' } })
    expect((await reserve(shop, randomUUID(), twice(1))).body.lines).toMatchObject([{ bookId: id, quantity: 3 }])
    expect((await read(id)).body.stock).toBe(0)
  })

  it('refuses books that are not there and books of one’s own', async () => {
    const id = await bookOf(shop, seller)
    const absent = { bookId: randomUUID(), quantity: 1 }
    expect(await reserve(shop, randomUUID(), [{ bookId: id, quantity: 1 }, absent])).toMatchObject({
      status: 404,
      body: { code: 'not-found', errors: [{ field: 'lines.1', message: expect.stringContaining(absent.bookId) }] },
    })
    expect(await reserve(shop, randomUUID(), [{ bookId: id, quantity: 1 }], seller.id)).toMatchObject({
      status: 422,
      body: { code: 'own-book', errors: [{ field: 'lines.0' }] },
    })
    expect((await read(id)).body.stock).toBe(draft.stock)
  })

  it('that was released before it came is refused', async () => {
    const id = await bookOf(shop, seller)
    const order = randomUUID()
    expect((await release(shop, order)).status).toBe(204)
    expect((await release(shop, order)).status).toBe(204)
    expect(await reserve(shop, order, [{ bookId: id, quantity: 1 }])).toMatchObject({
      status: 409,
      body: { code: 'released' },
    })
    expect((await read(id)).body.stock).toBe(draft.stock)
  })

  it.each([
    [{ lines: [] }],
    [{ lines: [{ bookId: 'x', quantity: 1 }] }],
    [{ lines: [{ bookId: randomUUID(), quantity: 0 }] }],
    [{ lines: [{ bookId: randomUUID(), quantity: 1.5 }] }],
    [{ buyerId: 'me' }],
    [{ extra: 1 }],
  ])('of nonsense is refused: %j', async (fields) => {
    const body = { buyerId: randomUUID(), lines: [{ bookId: randomUUID(), quantity: 1 }], ...fields }
    const answer = await shop.request('catalog', 'PUT', `/reservations/${randomUUID()}`, { body, internal: true })
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-body' } })
  })

  it('is not to be found on the public socket', async () => {
    const order = randomUUID()
    for (const at of [`/reservations/${order}`, `/catalog/reservations/${order}`, `/sellers/${seller.id}/books`])
      expect((await shop.request('catalog', 'DELETE', at)).status).toBe(404)
    expect((await shop.request('catalog', 'GET', `/reservations/${order}`, { internal: true })).status).toBe(404)
  })

  it('moves counters that an operator can watch', async () => {
    await reserve(shop, randomUUID(), [{ bookId: await bookOf(shop, seller), quantity: 1 }])
    const text = (await shop.request('catalog', 'GET', '/metrics', { internal: true })).body
    expect(text).toMatch(/catalog_reservations_total\{outcome="held",process="catalog"\} [1-9]/)
    expect(text).toMatch(/catalog_stock_movements_total\{reason="received",process="catalog"\} [1-9]/)
  })
})

it('never changes what moved', async () => {
  await bookOf(shop, seller)
  await withDatabase(shop.databases.catalog, async (client) => {
    await expect(client.query('update stock_movements set delta = 1')).rejects.toThrow('never changed')
    await expect(client.query('delete from stock_movements')).rejects.toThrow('never changed')
  })
})
