import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { hidden, Visitor } from './visitor.ts'

let shop: TestShop
beforeAll(async () => {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  shop = await startShop(inject('cluster'), { services })
})
afterAll(() => shop?.close())

const hostile = `"><script>alert('1')</script><img src=x onerror=alert(2)> &amp; ' \``

function expectClean(text: string): void {
  expect(text).toContain('&lt;script>alert')
  expect(text).not.toContain('<script>alert')
  expect(text).not.toMatch(/<img[^>]*\sonerror/)
}

async function newVisitor(name = 'Inés Ríos'): Promise<Visitor> {
  const visitor = new Visitor(shop)
  const account = { email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}`, name }
  expect((await visitor.post('/es/register', account)).status).toBe(303)
  return visitor
}

/** Puts a book on sale and gives back its id. */
async function publish(seller: Visitor, title: string, stock = '5'): Promise<string> {
  const draft = { title, author: 'Inés Ríos', description: '', language: 'es', year: '2020', condition: 'good' }
  const { status, location } = await seller.post('/es/sell', { ...draft, price: '9', stock })
  expect(status).toBe(303)
  return /\/books\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''
}

/** Buys two copies of each and gives back the path of the order. */
async function buy(buyer: Visitor, books: readonly string[], name = 'Ana García', card = 'tok_ok'): Promise<string> {
  for (const book of books) await buyer.post('/es/cart', { do: 'add', book, quantity: '2' })
  const { text } = await buyer.get('/es/checkout')
  const [key = '', lines = '', shown = ''] = ['key', 'lines', 'shown'].map((field) => hidden(text, field))
  const address = { name, street: `Calle de ${name}`, city: 'Lugo', region: '', postalCode: '27001', country: 'ES' }
  const placed = await buyer.post('/es/checkout', { ...address, key, lines, shown, deliveryProvider: 'albatross' })
  expect(placed.location).toMatch(/\/pay$/)
  if (card) expect((await buyer.post(placed.location, { key: randomUUID(), card })).status).toBe(303)
  return placed.location.replace('/pay', '')
}

const idOf = (order: string) => order.split('/').at(-1) ?? ''

describe('a book of one’s own', () => {
  it('is paused: its seller alone sees it; and goes on sale again', async () => {
    const seller = await newVisitor()
    const book = await publish(seller, 'Pausado')
    const paused = await seller.post(`/es/my-books/${book}`, { do: 'pause' })
    expect(paused.location).toBe(`/es/my-books?done=paused&book=${book}`)
    const { text } = await seller.get(paused.location)
    expect(text).toContain('«Pausado» está en pausa')
    expect(text).toContain('Reanudar la venta de Pausado')
    expect((await new Visitor(shop).get(`/es/books/${book}`)).status).toBe(404)
    const own = await seller.get(`/es/books/${book}`)
    expect(own.text).toContain('En pausa: solo lo ves tú.')
    expect(own.headers['cache-control']).toBe('private, no-store')
    const resumed = await seller.post(`/es/my-books/${book}`, { do: 'resume' })
    expect((await seller.get(resumed.location)).text).toContain('vuelve a estar a la venta')
    expect((await new Visitor(shop).get(`/es/books/${book}`)).status).toBe(200)
  })

  it('has its copies changed in the list, unless one was sold meanwhile', async () => {
    const seller = await newVisitor()
    const book = await publish(seller, 'Contado', '5')
    const change = (stock: string, was: string) => seller.post(`/es/my-books/${book}`, { do: 'stock', stock, was })
    const saved = await change('7', '5')
    expect((await seller.get(saved.location)).text).toContain('Ejemplares de «Contado» guardados.')
    await buy(await newVisitor(), [book])
    const stale = await seller.get((await change('9', '7')).location)
    expect(stale.text).toContain('Mientras tanto se vendió algún ejemplar')
    expect(stale.text).toMatch(/name="stock"[^>]*value="5"/)
    const wrong = await seller.get((await change('-1', '5')).location)
    expect(wrong.text).toMatch(/class="error" id="stock-[^"]+">Entre 0 y 10/)
  })

  it('is changed by its seller only, and from this shop only', async () => {
    const seller = await newVisitor()
    const book = await publish(seller, 'Mío')
    const stranger = await newVisitor()
    for (const action of ['pause', 'stock'])
      expect((await stranger.post(`/es/my-books/${book}`, { do: action, stock: '1', was: '5' })).status).toBe(404)
    const foreign = { origin: 'https://evil.example' }
    expect((await seller.post(`/es/my-books/${book}`, { do: 'pause' }, foreign)).status).toBe(403)
    expect((await new Visitor(shop).get(`/es/books/${book}`)).status).toBe(200)
  })
})

describe('my sales', () => {
  it('say what to ship and to whom; the buyer sees what has been shipped', async () => {
    const [seller, other, buyer] = [await newVisitor(), await newVisitor(), await newVisitor('Ana García')]
    expect((await seller.get('/es/my-sales')).text).toContain('No hay nada por enviar')
    const order = await buy(buyer, [await publish(seller, 'De Inés'), await publish(other, 'De otra')])
    const { text } = await seller.get('/es/my-sales')
    expect(text).toContain('De Inés')
    expect(text).not.toContain('De otra')
    expect(text).toContain('Calle de Ana García')
    expect(text).toMatch(/2 × /)
    const marked = await seller.post(`/es/my-sales/${idOf(order)}`, {})
    expect(marked.location).toMatch(/^\/es\/my-sales\?done=shipped&order=/)
    const after = await seller.get(marked.location)
    expect(after.text).toMatch(/Pedido \S+ enviado\./)
    expect(after.text).toContain('No hay nada por enviar')
    expect((await seller.get('/es/my-sales?state=shipped')).text).toMatch(/Entregado al transporte el .* UTC/)
    expect((await seller.post(`/es/my-sales/${idOf(order)}`, {})).status).toBe(303)
    const seen = await buyer.get(order)
    expect(seen.text.match(/Enviado el/g)).toHaveLength(1)
    expect(seen.text).toContain('status-paid')
    await other.post(`/es/my-sales/${idOf(order)}`, {})
    expect((await buyer.get(order)).text).toContain('status-shipped')
  })

  it('ship nothing that is not paid, was cancelled, or is not there', async () => {
    const [seller, buyer] = [await newVisitor(), await newVisitor()]
    const book = await publish(seller, 'Aún no')
    const order = await buy(buyer, [book], 'Ana', '')
    const mark = async () => (await seller.post(`/es/my-sales/${idOf(order)}`, {})).location
    expect(await mark()).toBe('/es/my-sales?done=not-paid')
    expect((await seller.get('/es/my-sales?done=not-paid')).text).toContain('no lo envíes todavía')
    await buyer.post(`${order}/cancel`, {})
    expect(await mark()).toBe('/es/my-sales?done=cancelled')
    const paid = await buy(buyer, [book])
    expect((await buyer.post(`/es/my-sales/${idOf(paid)}`, {})).status).toBe(404)
    expect((await seller.post(`/es/my-sales/${randomUUID()}`, {})).status).toBe(404)
    expect((await seller.post('/es/my-sales/nothing', {})).status).toBe(404)
    const foreign = { origin: 'https://evil.example' }
    expect((await seller.post(`/es/my-sales/${idOf(paid)}`, {}, foreign)).status).toBe(403)
    expect((await seller.get('/es/my-sales')).text).toContain('Aún no')
    expect((await seller.get(`/es/my-sales?cursor=${encodeURIComponent(hostile)}`)).status).toBe(200)
  })

  it('keep the account open until what is sold has arrived', async () => {
    const seller = await newVisitor()
    await buy(await newVisitor(), [await publish(seller, 'Pendiente')])
    const refused = await seller.post('/es/account/close', { sure: 'yes' })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('tienes compras o ventas en curso')
    expect((await seller.get('/es/account')).status).toBe(200)
  })
})

describe('the receipt', () => {
  it('says what was paid, to its buyer only, and not before', async () => {
    const [seller, buyer] = [await newVisitor('Librería Ríos'), await newVisitor()]
    const book = await publish(seller, 'Recibido')
    const unpaid = await buy(buyer, [book], 'Ana', '')
    expect((await buyer.get(`${unpaid}/receipt`)).location).toBe(unpaid)
    expect((await buyer.get(unpaid)).text).not.toContain('/receipt')
    await buyer.post(`${unpaid}/pay`, { key: randomUUID(), card: 'tok_ok' })
    expect((await buyer.get(unpaid)).text).toContain(`href="${unpaid}/receipt"`)
    const { text, status } = await buyer.get(`${unpaid}/receipt`)
    expect(status).toBe(200)
    for (const words of ['Recibido', 'Vende Librería Ríos', '18,00', 'Pagado con tarjeta de prueba', 'Calle de Ana'])
      expect(text).toContain(words)
    expect(text).toMatch(/\d UTC<\/time>/)
    expect((await seller.get(`${unpaid}/receipt`)).status).toBe(404)
  })
})

it('hostile words of sellers and buyers are shown as they are', async () => {
  const [seller, buyer] = [await newVisitor(hostile.slice(0, 90)), await newVisitor()]
  const book = await publish(seller, hostile)
  const order = await buy(buyer, [book], hostile)
  for (const path of ['/es/my-sales', `/es/my-books?done=paused&book=${book}`])
    expectClean((await seller.get(path)).text)
  for (const path of [order, `${order}/receipt`]) expectClean((await buyer.get(path)).text)
  await seller.post(`/es/my-sales/${idOf(order)}`, {})
  expectClean((await seller.get('/es/my-sales?state=shipped')).text)
  const echoed = await seller.get(`/es/my-sales?done=shipped&order=${encodeURIComponent(hostile)}`)
  expect(echoed.text).not.toContain('<script>alert')
})
