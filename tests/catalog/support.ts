import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { TestDatabase } from '../support/postgres.ts'
import type { Reply, TestShop } from '../support/shop.ts'

export interface Person {
  id: string
  name: string
  headers: { authorization: string }
}

const password = 'una contraseña larga y rara'

/** A new account, logged in. */
export async function somebody(shop: TestShop, name: string): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  const registered = await shop.request('auth', 'POST', '/auth/register', { body: { email, password, name } })
  if (registered.status !== 201) throw new Error(`register answered ${registered.status}`)
  const { body } = await shop.request('auth', 'POST', '/auth/login', { body: { email, password } })
  return { id: registered.body.id, name, headers: { authorization: `Bearer ${body.accessToken}` } }
}

export const draft = {
  title: 'Fortunata y Jacinta',
  author: 'Benito Pérez Galdós',
  description: 'Dos historias de casadas.',
  language: 'es',
  year: 1887,
  price: { amount: 1250, currency: 'USD' },
  stock: 3,
  condition: 'good',
}

export const sell = (shop: TestShop, seller: Person, fields: object = {}): Promise<Reply> =>
  shop.request('catalog', 'POST', '/catalog/books', { body: { ...draft, ...fields }, headers: seller.headers })

/** The id of a new book. */
export async function bookOf(shop: TestShop, seller: Person, fields: object = {}): Promise<string> {
  const answer = await sell(shop, seller, fields)
  if (answer.status !== 201) throw new Error(`selling answered ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body.id
}

export interface Line {
  bookId: string
  quantity: number
}

export const reserve = (shop: TestShop, orderId: string, lines: Line[], buyerId: string = randomUUID(), instance = 1) =>
  shop.request('catalog', 'PUT', `/reservations/${orderId}`, { body: { buyerId, lines }, internal: true, instance })

export const turn = (shop: TestShop, orderId: string, what: 'keep' | 'confirm' | 'expire-again', instance = 1) =>
  shop.request('catalog', 'POST', `/reservations/${orderId}/${what}`, { internal: true, instance })

export const release = (shop: TestShop, orderId: string, instance = 1) =>
  shop.request('catalog', 'DELETE', `/reservations/${orderId}`, { internal: true, instance })

export const reservation = (shop: TestShop, orderId: string) =>
  shop.request('catalog', 'GET', `/reservations/${orderId}`, { internal: true })

/** Runs `work` on a connection of the database's own role. */
export async function withDatabase<T>(database: TestDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(database.url)
  url.password = database.password
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * Books of which the sums do not add up: what came in = on hand + held + sold, and the movements = the stock.
 * Empty when all is well.
 */
export const conservation = `
  select b.id, b.stock, coalesce(m.came, 0) as came, coalesce(m.moved, 0) as moved, coalesce(l.out, 0) as out
  from books b
  left join (
    select book_id, sum(delta) filter (where order_id is null) as came, sum(delta) as moved
    from stock_movements group by 1
  ) m on m.book_id = b.id
  left join (
    select book_id, sum(quantity) as out from reservation_lines join reservations using (order_id)
    where state in ('held', 'kept', 'sold') group by 1
  ) l on l.book_id = b.id
  where coalesce(m.came, 0) <> b.stock + coalesce(l.out, 0) or coalesce(m.moved, 0) <> b.stock`
