import { randomUUID } from 'node:crypto'
import { statuses } from '../../web/gateway/sales.ts'
import type { TestCluster } from '../support/postgres.ts'
import { asSuperuser } from '../support/postgres.ts'
import { type TestShop, until } from '../support/shop.ts'
import { type Household, household, inTown, newcomer, putOnSale } from './household.ts'
import { hidden, Visitor } from './visitor.ts'

/** Who looks at a page, each with what is theirs. */
export interface World {
  /** Has never been here. */
  stranger: Visitor
  /** Three books in the cart and no account. */
  guest: Visitor
  /** An account with nothing in it. */
  fresh: Visitor
  /** An account with a book in the cart, and no address yet. */
  first: Visitor
  /** An account with everything in it. */
  home: Household
  /** In whose cart a price changed, a book is short and another gone. */
  surprised: Visitor
  /** Has an order in every state. */
  buyer: Visitor
  orders: Readonly<Record<OrderState, string>>
  /** Ids of books. */
  books: { onSale: string; soldOut: string; long: string }
}

const orderStates = [...statuses, 'declined'] as const
export type OrderState = (typeof orderStates)[number]

/** As a seller changes a book of theirs on its page. */
async function edit(seller: Visitor, id: string, change: Record<string, string>): Promise<void> {
  const { text } = await seller.get(`/es/my-books/${id}`)
  const draft = { title: 'Un libro', author: 'Rosalía de Castro', language: 'es', year: '1884', condition: 'good' }
  const whole = { ...draft, description: '', price: '12,50', stock: '4', etag: hidden(text, 'etag'), ...change }
  await seller.post(`/es/my-books/${id}`, { do: 'save', ...whole })
}

async function place(buyer: Visitor, book: string): Promise<string> {
  await buyer.post('/es/cart', { do: 'add', book, quantity: '1' })
  const { text } = await buyer.get('/es/checkout')
  const [key = '', lines = '', shown = ''] = ['key', 'lines', 'shown'].map((name) => hidden(text, name))
  const order = { ...inTown, key, lines, shown, deliveryProvider: 'albatross' }
  return (await buyer.post('/es/checkout', order)).location.split('/')[3] ?? ''
}

const pay = (buyer: Visitor, order: string, card: string) =>
  buyer.post(`/es/orders/${order}/pay`, { key: randomUUID(), card })

const saysSoon = (buyer: Visitor, order: string, text: string) =>
  until(`${order} says ${text}`, async () => (await buyer.get(`/es/orders/${order}`)).text.includes(text), 60_000)

/** An order in each state. The courier and the bank's silence are hurried along, or held, in the database. */
async function allOrders(shop: TestShop, cluster: TestCluster, buyer: Visitor, seller: Visitor) {
  const sql = (text: string) => asSuperuser(cluster, shop.databases.sales.role, (client) => client.query(text))
  const orders = {} as Record<OrderState, string>
  for (const state of orderStates) orders[state] = await place(buyer, await putOnSale(seller, `Un libro (${state})`))
  for (const state of ['paid', 'shipped', 'delivered', 'refunded'] as const) await pay(buyer, orders[state], 'tok_ok')
  await pay(buyer, orders.declined, 'tok_declined')
  for (const state of ['cancelled', 'refunded'] as const) await buyer.post(`/es/orders/${orders[state]}/cancel`, {})
  for (const state of ['shipped', 'delivered'] as const) await seller.post(`/es/my-sales/${orders[state]}`, {})
  await sql(`update deliveries set next_step_at = now() where order_id = '${orders.delivered}'`)
  await saysSoon(buyer, orders.delivered, 'Entregado. Buena lectura')
  await saysSoon(buyer, orders.refunded, 'Dinero devuelto')
  await pay(buyer, orders.paying, 'tok_slow')
  await sql(`update orders set status = 'pending' where id = '${orders.pending}'`)
  await sql(`delete from order_events where order_id = '${orders.pending}' and event = 'reserved'`)
  // The bank falls silent for good, and nobody asks it again.
  await sql(`update payments set check_at = 'infinity' where status = 'started'`)
  await shop.stop('payments', 'SIGKILL')
  await shop.start('payments')
  await sql(`update payments set check_at = 'infinity' where status = 'started'`)
  return orders
}

/** Somebody whose cart is no longer what they put into it. */
async function surprisedOne(shop: TestShop, seller: Visitor): Promise<Visitor> {
  const visitor = await newcomer(shop, 'Ana García')
  const titles = ['Un precio que cambia', 'Quedan menos', 'Ya no está', 'Sigue igual']
  const ids: string[] = []
  for (const title of titles) ids.push(await putOnSale(seller, title))
  for (const book of ids) await visitor.post('/es/cart', { do: 'add', book, quantity: '3' })
  const [dearer = '', short = '', gone = ''] = ids
  await edit(seller, dearer, { title: 'Un precio que cambia', price: '14' })
  await edit(seller, short, { title: 'Quedan menos', stock: '1' })
  await seller.post(`/es/my-books/${gone}`, { do: 'pause' })
  return visitor
}

async function soldOutBook(seller: Visitor): Promise<string> {
  const id = await putOnSale(seller, 'Agotado y añorado')
  await edit(seller, id, { title: 'Agotado y añorado', stock: '0' })
  return id
}

/** A book whose words are as long as they come. */
async function longBook(seller: Visitor): Promise<string> {
  const draft = {
    title:
      'Vida y hechos del ingenioso caballero don Quijote de la Mancha: otorrinolaringológicamente hipopotomonstrosesquipedaliofóbico',
    author: 'Wolfeschlegelsteinhausenbergerdorff-Kirchbergerlandsknechtgeneral',
    description: `${'Un párrafo que no acaba nunca de decir lo que quería decir. '.repeat(12)}\n\n${'x'.repeat(120)}`,
    language: 'es',
    year: '-700',
    condition: 'like-new',
    price: '99999,99',
    stock: '9999',
  }
  const { location } = await seller.post('/es/sell', draft)
  return /\/books\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''
}

/** A courier and a bank that take their time, so that every state lasts as long as somebody looks at it. */
export const slowly = {
  sales: { BOOKSTORE_COURIER_SECONDS: '86400', BOOKSTORE_ABANDONED_SECONDS: '3600' },
  payments: { BOOKSTORE_PAYMENTS_SLOW_MS: '60000' },
}

/** Everybody and everything that the pages have a state for, made through the shop's own forms, in a shop that is `slowly`. */
export async function makeWorld(shop: TestShop, cluster: TestCluster): Promise<World> {
  const home = await household(shop)
  const seller = await newcomer(shop, 'Librería del Puerto')
  const buyer = await newcomer(shop, 'Inés Ríos')
  const first = await newcomer(shop, 'Inés Ríos')
  const guest = new Visitor(shop)
  const list = await shop.request('gateway', 'GET', '/api/catalog/books?limit=3&inStock=true&sort=title')
  const ids = list.body.items.map(({ id }: { id: string }) => id)
  for (const book of ids) await guest.post('/es/cart', { do: 'add', book, quantity: '1' })
  await first.post('/es/cart', { do: 'add', book: await putOnSale(seller, 'Mi primer libro'), quantity: '2' })
  return {
    stranger: new Visitor(shop),
    guest,
    fresh: await newcomer(shop, 'Bartolomé Fernández de Castro y Andrade'),
    first,
    home,
    surprised: await surprisedOne(shop, seller),
    buyer,
    books: { onSale: ids[0], soldOut: await soldOutBook(seller), long: await longBook(seller) },
    orders: await allOrders(shop, cluster, buyer, seller),
  }
}
