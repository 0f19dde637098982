import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startShop, type TestShop, until } from '../support/shop.ts'
import {
  bookOf,
  conservation,
  type Person,
  release,
  reservation,
  reserve,
  somebody,
  turn,
  withDatabase,
} from './support.ts'

let shop: TestShop
let seller: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog'],
    instances: { catalog: 2 },
    env: { catalog: { BOOKSTORE_RESERVATION_SECONDS: '1' } },
  })
  seller = await somebody(shop, 'Marta')
})
afterAll(() => shop?.close())

const broken = () => withDatabase(shop.databases.catalog, async (client) => (await client.query(conservation)).rows)
const stockOf = async (id: string) => (await shop.request('catalog', 'GET', `/catalog/books/${id}`)).body.stock

it('keeps the sum of all copies through any interleaving of what can happen to an order', async () => {
  const ids = await Promise.all([3, 5, 8].map((stock) => bookOf(shop, seller, { stock })))
  const orders = Array.from({ length: 40 }, () => randomUUID())
  const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T
  const steps = Array.from({ length: 1_200 }, () => ({
    order: pick(orders),
    instance: pick([1, 2]),
    kind: pick(['put', 'put', 'put', 'keep', 'confirm', 'expire-again', 'release'] as const),
    wait: Math.random() * 2_500,
  }))
  const statuses = new Set<number>()
  await Promise.all(
    steps.map(async ({ order, instance, kind, wait }) => {
      await new Promise((resolve) => setTimeout(resolve, wait))
      const lines = [pick(ids), pick(ids)].map((bookId) => ({ bookId, quantity: pick([1, 2]) }))
      const answer =
        kind === 'put'
          ? await reserve(shop, order, lines, randomUUID(), instance)
          : kind === 'release'
            ? await release(shop, order, instance)
            : await turn(shop, order, kind, instance)
      statuses.add(answer.status)
    }),
  )
  expect([...statuses].filter((status) => status >= 500)).toEqual([])
  expect(await broken()).toEqual([])
  await Promise.all(orders.map((order) => release(shop, order)))
  expect(await Promise.all(ids.map(stockOf))).toEqual([3, 5, 8])
  expect(await broken()).toEqual([])
})

it('gives back what nobody paid in time, and only that', async () => {
  const id = await bookOf(shop, seller, { stock: 3 })
  const [lapsing, kept, sold] = [randomUUID(), randomUUID(), randomUUID()]
  for (const order of [lapsing, kept, sold])
    expect((await reserve(shop, order, [{ bookId: id, quantity: 1 }])).status).toBe(200)
  expect((await turn(shop, kept, 'keep')).status).toBe(204)
  expect((await turn(shop, sold, 'confirm')).status).toBe(204)
  await until('the first has expired', async () => (await reservation(shop, lapsing)).body.state === 'expired')
  expect(await stockOf(id)).toBe(1)
  expect((await reservation(shop, kept)).body.state).toBe('kept')
  expect((await reservation(shop, sold)).body.state).toBe('sold')
  expect(await turn(shop, lapsing, 'keep')).toMatchObject({ status: 409, body: { code: 'reservation-expired' } })
  expect(await reserve(shop, lapsing, [{ bookId: id, quantity: 1 }])).toMatchObject({
    status: 409,
    body: { code: 'reservation-expired' },
  })
  expect((await turn(shop, kept, 'expire-again')).status).toBe(204)
  await until('the second has expired', async () => (await reservation(shop, kept)).body.state === 'expired')
  expect(await stockOf(id)).toBe(2)
  expect(await broken()).toEqual([])
})
