import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, conservation, type Person, release, reserve, somebody, turn, withDatabase } from './support.ts'

let shop: TestShop
let seller: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), {
    services: ['auth', 'catalog'],
    instances: { catalog: 2 },
  })
  seller = await somebody(shop, 'Marta')
})
afterAll(() => shop?.close())

const broken = () => withDatabase(shop.databases.catalog, async (client) => (await client.query(conservation)).rows)
/** A process tells of its deadlocks within a second of being idle. */
const deadlocks = async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  return withDatabase(shop.databases.catalog, async (client) => {
    const { rows } = await client.query('select deadlocks from pg_stat_database where datname = current_database()')
    return Number(rows[0].deadlocks)
  })
}
const stockOf = async (id: string) => (await shop.request('catalog', 'GET', `/catalog/books/${id}`)).body.stock

it('sells the last copy once, of two hundred who want it at the same time', async () => {
  const id = await bookOf(shop, seller, { stock: 1 })
  const orders = Array.from({ length: 200 }, () => randomUUID())
  const answers = await Promise.all(
    orders.map((order, at) => reserve(shop, order, [{ bookId: id, quantity: 1 }], randomUUID(), (at % 2) + 1)),
  )
  const won = answers.filter((answer) => answer.status === 200)
  const lost = answers.filter((answer) => answer.status === 409 && answer.body.code === 'out-of-stock')
  expect({ won: won.length, lost: lost.length }).toEqual({ won: 1, lost: 199 })
  expect(lost[0]?.body.errors).toEqual([{ field: 'lines.0', message: '0 left' }])
  expect(await stockOf(id)).toBe(0)
  expect(await broken()).toEqual([])
  await turn(shop, won[0]?.body.orderId, 'keep')
})

it('takes the same order once, however often it is sent', async () => {
  const id = await bookOf(shop, seller, { stock: 5 })
  const order = randomUUID()
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      reserve(
        shop,
        order,
        [{ bookId: id, quantity: 2 }],
        seller.id.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')),
        (at % 2) + 1,
      ),
    ),
  )
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
  expect(await stockOf(id)).toBe(3)
})

it('never waits in a circle for books that are wanted in different orders', async () => {
  const [a, b, c] = await Promise.all([1, 2, 3].map(() => bookOf(shop, seller, { stock: 1_000 })))
  const ids = [a, b, c] as string[]
  const before = await deadlocks()
  const answers = await Promise.all(
    Array.from({ length: 90 }, (_, at) => {
      const lines = [0, 1, 2].map((step) => ({ bookId: ids[(at * (step + 1) + step) % 3] as string, quantity: 1 }))
      return reserve(shop, randomUUID(), lines, randomUUID(), (at % 2) + 1)
    }),
  )
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  expect(await deadlocks()).toBe(before)
  expect(await broken()).toEqual([])
})

it('reserves an order again and again while it is released and paid', async () => {
  const id = await bookOf(shop, seller, { stock: 50 })
  const orders = Array.from({ length: 12 }, () => randomUUID())
  const answers = await Promise.all(
    orders.flatMap((order) =>
      Array.from({ length: 10 }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
        if (at >= 8) return at === 8 ? release(shop, order) : turn(shop, order, 'confirm', 2)
        return reserve(shop, order, [{ bookId: id, quantity: 1 }], randomUUID(), (at % 2) + 1)
      }),
    ),
  )
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([])
  expect(await broken()).toEqual([])
  expect(await stockOf(id)).toBe(50)
})
