import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop, until } from '../support/shop.ts'
import { hidden, Visitor } from './visitor.ts'

let shop: TestShop
beforeAll(async () => {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  shop = await startShop(inject('cluster'), { services, seed: true })
})
afterAll(() => shop?.close())

interface Buyer {
  visitor: Visitor
  book: string
}

async function booksWithStock(): Promise<string[]> {
  const { body } = await shop.request('gateway', 'GET', '/api/catalog/books?limit=40&inStock=true')
  return body.items.filter(({ stock }: { stock: number }) => stock >= 2).map(({ id }: { id: string }) => id)
}

/** A guest fills the cart, then registers: the cart comes along. */
async function buyerWithCart(): Promise<Buyer> {
  const visitor = new Visitor(shop)
  const [book = ''] = (await booksWithStock()).toSorted(() => Math.random() - 0.5)
  expect((await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })).location).toBe('/es/cart?done=added')
  const account = {
    name: 'Inés',
    email: `${randomUUID()}@example.com`,
    password: `larga ${randomUUID()}`,
    next: '/es/checkout',
  }
  expect(await visitor.post('/es/register', account)).toMatchObject({ status: 303, location: '/es/checkout' })
  expect(visitor.cookies.has('__Host-cart')).toBe(false)
  return { visitor, book }
}

const address = { name: 'Inés', street: 'Calle 1', city: 'Madrid', region: '', postalCode: '28001', country: 'ES' }

async function checkoutForm({ visitor }: Buyer): Promise<Record<string, string>> {
  const { status, text } = await visitor.get('/es/checkout')
  expect(status).toBe(200)
  const fields = Object.fromEntries(['key', 'lines', 'shown'].map((name) => [name, hidden(text, name)]))
  const deliveryProvider =
    /name="deliveryProvider"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="deliveryProvider"/.exec(text)
  return { ...fields, ...address, deliveryProvider: deliveryProvider?.[1] ?? deliveryProvider?.[2] ?? '' }
}

async function ordersOf({ visitor }: Buyer): Promise<string[]> {
  const { text } = await visitor.get('/es/orders')
  return [...text.matchAll(/href="\/es\/orders\/([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '')
}

describe('an order is placed once', () => {
  it('by a double click, the back button and a second tab', async () => {
    const buyer = await buyerWithCart()
    const form = await checkoutForm(buyer)
    const secondTab = await checkoutForm(buyer)
    expect(secondTab.key).toBe(form.key)
    const send = () => buyer.visitor.post('/es/checkout', form)
    const clicks = await Promise.all([send(), send(), send()])
    const placed = clicks.find(({ status }) => status === 303)?.location
    expect(placed).toMatch(/^\/es\/orders\/[0-9a-f-]{36}\/pay$/)
    for (const again of [form, secondTab])
      expect(await buyer.visitor.post('/es/checkout', again)).toMatchObject({ status: 303, location: placed })
    expect(await ordersOf(buyer)).toHaveLength(1)
  })

  it('and once more when its address was changed: the earlier one makes room', async () => {
    const buyer = await buyerWithCart()
    const form = await checkoutForm(buyer)
    const first = await buyer.visitor.post('/es/checkout', form)
    const second = await buyer.visitor.post('/es/checkout', { ...form, street: 'Otra calle 2' })
    expect(second.location).toMatch(/\/pay$/)
    expect(second.location).not.toBe(first.location)
    const earlier = await buyer.visitor.get(first.location.replace('/pay', ''))
    expect(earlier.text).toContain('Pedido cancelado')
    expect((await buyer.visitor.get(second.location)).text).toContain('Otra calle 2')
  })

  it('not at all when its prices changed meanwhile', async () => {
    const buyer = await buyerWithCart()
    const form = await checkoutForm(buyer)
    const answer = await buyer.visitor.post('/es/checkout', { ...form, shown: '1' })
    expect(answer.status).toBe(409)
    expect(answer.text).toContain('Los precios han cambiado')
    expect(await ordersOf(buyer)).toHaveLength(0)
  })

  it('not without an address: what was typed stays, and each error stands beside its field', async () => {
    const buyer = await buyerWithCart()
    const form = await checkoutForm(buyer)
    const answer = await buyer.visitor.post('/es/checkout', { ...form, city: '', country: 'XX', name: 'Inés <b>' })
    expect(answer.status).toBe(422)
    expect(answer.text).toMatch(/id="city"[^>]*aria-describedby="city-error"/)
    expect(answer.text).toContain('id="country-error"')
    expect(answer.text).toContain('value="Inés &lt;b>"')
    expect(hidden(answer.text, 'key')).toBe(form.key)
  })
})

describe('a payment', () => {
  async function orderToPay(): Promise<Buyer & { path: string }> {
    const buyer = await buyerWithCart()
    const { location } = await buyer.visitor.post('/es/checkout', await checkoutForm(buyer))
    return { ...buyer, path: location }
  }

  it('is made once, however often it is sent', async () => {
    const { visitor, path } = await orderToPay()
    const key = hidden((await visitor.get(path)).text, 'key')
    const pay = (form: Record<string, string>) => visitor.post(path, form)
    const answers = await Promise.all([
      pay({ key, card: 'tok_ok' }),
      pay({ key, card: 'tok_ok' }),
      pay({ key: randomUUID(), card: 'tok_ok' }),
    ])
    for (const { status, location } of answers) {
      expect(status).toBe(303)
      expect(location.startsWith(path.replace('/pay', ''))).toBe(true)
    }
    await until('the order is paid', async () =>
      (await visitor.get(path.replace('/pay', ''))).text.includes('Pago confirmado'),
    )
    const { text } = await visitor.get(path.replace('/pay', ''))
    expect(text.match(/Pago enviado al banco/g)).toHaveLength(1)
  })

  it('that nobody knows of yet is told so, and found out', async () => {
    const { visitor, path } = await orderToPay()
    const key = hidden((await visitor.get(path)).text, 'key')
    const answer = await visitor.post(path, { key, card: 'tok_lost' })
    expect(answer.status).toBe(303)
    const order = path.replace('/pay', '')
    const first = await visitor.get(order)
    expect(first.text).toMatch(/Estamos esperando la respuesta del banco|Pago confirmado/)
    await until('it is found out', async () => (await visitor.get(order)).text.includes('Pago confirmado'), 40_000)
  })

  it('that is cancelled before puts the books back into the cart', async () => {
    const { visitor, path, book } = await orderToPay()
    const answer = await visitor.post(path.replace('/pay', '/cancel'), { back: 'cart' })
    expect(answer.location).toBe('/es/cart')
    expect((await visitor.get('/es/cart')).text).toContain(book)
  })
})

describe('an account', () => {
  it('is opened once: the form sent again lets its owner in, and nobody else', async () => {
    const account = { name: 'Inés', email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}` }
    expect((await new Visitor(shop).post('/es/register', account)).status).toBe(303)
    expect((await new Visitor(shop).post('/es/register', account)).location).toBe('/es/')
    const other = await new Visitor(shop).post('/es/register', { ...account, password: 'otra frase distinta' })
    expect(other.status).toBe(409)
    expect(other.text).toContain('Ya hay una cuenta con este correo')
  })
})

describe('a session', () => {
  it('is renewed when its access token is gone, also by several requests at once', async () => {
    const { visitor } = await buyerWithCart()
    visitor.cookies.delete('__Host-session')
    const answers = await Promise.all(['/es/orders', '/es/cart', '/es/my-books'].map((path) => visitor.get(path)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await visitor.get('/es/orders')).status).toBe(200)
  })

  it('that was ended asks to log in, and leads back', async () => {
    const { visitor } = await buyerWithCart()
    const stolen = new Visitor(shop)
    for (const [name, value] of visitor.cookies) stolen.cookies.set(name, value)
    expect((await visitor.post('/es/logout', {})).location).toBe('/es/?done=out')
    expect(visitor.cookies.has('__Host-refresh')).toBe(false)
    await until('the token is refused', async () => (await stolen.get('/es/orders')).status === 303, 5_000)
    let answer = await stolen.get('/es/orders')
    for (let hop = 0; hop < 3 && !answer.location.includes('/login'); hop++) answer = await stolen.get('/es/orders')
    expect(answer.location).toContain('/es/login?next=%2Fes%2Forders')
    expect(stolen.cookies.has('__Host-refresh')).toBe(false)
    expect((await stolen.get('/es/')).status).toBe(200)
  })
})

describe('when the services are away', () => {
  it('every page is a 503 with a way on, and nobody is logged out', async () => {
    const { visitor } = await buyerWithCart()
    await shop.stop('gateway', 'SIGTERM')
    try {
      for (const path of ['/es/', '/en/books', '/es/cart', '/es/orders']) {
        const answer = await visitor.get(path)
        expect(answer.status).toBe(503)
        expect(answer.headers['retry-after']).toBe('5')
        expect(answer.text).toMatch(/<h1>(?:Volvemos enseguida|Back in a moment)<\/h1>/)
      }
      expect((await visitor.post('/es/logout', {})).status).toBe(503)
      expect(visitor.cookies.has('__Host-refresh')).toBe(true)
    } finally {
      await shop.start('gateway')
    }
    expect((await visitor.get('/es/orders')).status).toBe(200)
  })
})
