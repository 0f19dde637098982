import { randomUUID } from 'node:crypto'
import type { TestShop } from '../support/shop.ts'
import { hidden, Visitor } from './visitor.ts'

export const inTown = {
  name: 'Ana García',
  street: 'Calle Mayor 1, 3.º izquierda',
  city: 'Salamanca',
  region: 'Salamanca',
  postalCode: '37001',
  country: 'ES',
}

/** Somebody who is logged in. */
export async function newcomer(shop: TestShop, name: string, agent = '', lang = 'es'): Promise<Visitor> {
  const visitor = new Visitor(shop)
  const account = { email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}`, name }
  await visitor.post(`/${lang}/register`, account, agent ? { 'user-agent': agent } : {})
  const again = { email: account.email, password: account.password }
  await new Visitor(shop).post(`/${lang}/login`, again, {
    'user-agent': 'Mozilla/5.0 (iPhone) Version/19.0 Safari/604.1',
  })
  return visitor
}

/** @returns the id of a new book on sale. */
export async function putOnSale(seller: Visitor, title: string, lang = 'es'): Promise<string> {
  const draft = { title, author: 'Rosalía de Castro', description: 'Como nuevo.', language: 'es', year: '1884' }
  const { location } = await seller.post(`/${lang}/sell`, { ...draft, condition: 'good', price: '12,50', stock: '4' })
  return /\/books\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''
}

/** Buys and pays. @returns the order's id. */
export async function purchase(buyer: Visitor, books: readonly string[], lang = 'es'): Promise<string> {
  for (const book of books) await buyer.post(`/${lang}/cart`, { do: 'add', book, quantity: '1' })
  const { text } = await buyer.get(`/${lang}/checkout`)
  const [key = '', lines = '', shown = ''] = ['key', 'lines', 'shown'].map((name) => hidden(text, name))
  const placed = await buyer.post(`/${lang}/checkout`, { ...inTown, key, lines, shown, deliveryProvider: 'albatross' })
  await buyer.post(placed.location, { key: randomUUID(), card: 'tok_ok' })
  return placed.location.split('/')[3] ?? ''
}

export interface Household {
  /** Has addresses, two sessions, books on sale of which one is paused, a parcel to ship, and an order half shipped. */
  visitor: Visitor
  /** Ids: of a book that they may buy, of theirs on sale and the paused one, of the order and of an address. */
  book: string
  own: string
  paused: string
  order: string
  address: string
}

export async function household(shop: TestShop): Promise<Household> {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
  const visitor = await newcomer(shop, 'Inés Ríos', firefox)
  const [seller, buyer] = [await newcomer(shop, 'Librería del Puerto'), await newcomer(shop, 'Ana García')]
  await visitor.post('/es/addresses/new', { ...inTown, name: 'Inés Ríos' })
  await visitor.post('/es/addresses/new', { ...inTown, name: 'Inés Ríos', street: 'Rúa Nova 22', city: 'Lugo' })
  const own = await putOnSale(visitor, 'En las orillas del Sar')
  const paused = await putOnSale(visitor, 'Cantares gallegos')
  const sold = await purchase(buyer, [own])
  await purchase(buyer, [own, paused])
  await visitor.post(`/es/my-sales/${sold}`, {})
  await visitor.post(`/es/my-books/${paused}`, { do: 'pause' })
  const book = await putOnSale(seller, 'Follas novas')
  const order = await purchase(visitor, [book, await putOnSale(buyer, 'La hija del mar')])
  await seller.post(`/es/my-sales/${order}`, {})
  await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
  const { text } = await visitor.get('/es/addresses')
  const address = /\/es\/addresses\/([0-9a-f-]{36})/.exec(text)?.[1] ?? ''
  return { visitor, book, own, paused, order, address }
}
