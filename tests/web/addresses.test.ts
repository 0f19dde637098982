import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { newShopper, sell } from '../support/shopper.ts'
import { hidden, Visitor } from './visitor.ts'

let shop: TestShop
let book: string
beforeAll(async () => {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  shop = await startShop(inject('cluster'), { services })
  const site = {
    request: (method: string, path: string, options = {}) => shop.request('gateway', method, path, options),
  }
  book = await sell(site, await newShopper(site), 50)
})
afterAll(() => shop?.close())

const hostile = `"><script>alert('1')</script><img src=x onerror=alert(2)> &amp; ' \``
const home = {
  name: 'Ana García',
  street: 'Calle Mayor 1',
  city: 'Madrid',
  region: '',
  postalCode: '28013',
  country: 'ES',
}

async function newVisitor(): Promise<Visitor> {
  const visitor = new Visitor(shop)
  const account = { email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}`, name: 'Ana García' }
  expect((await visitor.post('/es/register', account)).status).toBe(303)
  return visitor
}

const add = (visitor: Visitor, address: Record<string, string>) => visitor.post('/es/addresses/new', address)

/** Ids of the address book as its page shows them, the default first. */
async function idsOf(visitor: Visitor): Promise<string[]> {
  const { text } = await visitor.get('/es/addresses')
  return [...text.matchAll(/<a href="\/es\/addresses\/([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '')
}

describe('the address book', () => {
  it('begins empty; addresses are added, changed, preferred and deleted', async () => {
    const visitor = await newVisitor()
    expect((await visitor.get('/es/addresses')).text).toContain('Aún no guardas ninguna dirección')
    expect((await visitor.get('/es/addresses/new')).text).toContain('value="Ana García"')
    expect(await add(visitor, home)).toMatchObject({ status: 303, location: '/es/addresses?done=saved' })
    await add(visitor, { ...home, street: 'Rúa Nova 2', city: 'Lugo' })
    const [first = '', second = ''] = await idsOf(visitor)
    expect((await visitor.get(`/es/addresses/${first}`)).text).toContain('value="Calle Mayor 1"')
    await visitor.post(`/es/addresses/${second}`, { do: 'prefer' })
    expect(await idsOf(visitor)).toEqual([second, first])
    await visitor.post(`/es/addresses/${second}`, { ...home, street: 'Rúa Vella 9', isDefault: 'yes' })
    const { text } = await visitor.get('/es/addresses?done=saved')
    expect(text).toContain('Rúa Vella 9')
    expect(text).toContain('Dirección guardada.')
    expect(text.match(/Preferida/g)).toHaveLength(1)
    await visitor.post(`/es/addresses/${second}`, { do: 'remove' })
    expect(await idsOf(visitor)).toEqual([first])
  })

  it('says beside the field what is wrong, and keeps what was typed', async () => {
    const visitor = await newVisitor()
    const refused = await add(visitor, { ...home, street: ' ', country: 'XX', city: 'Lugo' })
    expect(refused.status).toBe(422)
    expect(refused.text).toMatch(/id="street-error">Falta/)
    expect(refused.text).toMatch(/id="country-error">Elige/)
    expect(refused.text).toContain('value="Lugo"')
    expect(await idsOf(visitor)).toEqual([])
  })

  it('is full with 20, and says so', async () => {
    const visitor = await newVisitor()
    for (let index = 0; index < 20; index++) await add(visitor, { ...home, street: `Calle ${index}` })
    const refused = await add(visitor, home)
    expect(refused.location).toBe('/es/addresses?done=full')
    expect((await visitor.get(refused.location)).text).toContain('Ya guardas 20 direcciones')
  })

  it('is one’s own', async () => {
    const [one, two] = [await newVisitor(), await newVisitor()]
    await add(one, home)
    const [id = ''] = await idsOf(one)
    expect((await two.get(`/es/addresses/${id}`)).status).toBe(404)
    for (const action of ['remove', 'prefer', ''])
      expect((await two.post(`/es/addresses/${id}`, { ...home, do: action })).status).toBe(404)
    expect((await two.get('/es/addresses/..%2Fcart')).status).toBe(404)
    expect(await idsOf(one)).toEqual([id])
  })

  it('refuses forms from elsewhere', async () => {
    const visitor = await newVisitor()
    await add(visitor, home)
    const [id = ''] = await idsOf(visitor)
    for (const path of ['/es/addresses/new', `/es/addresses/${id}`]) {
      const foreign = await visitor.post(path, { ...home, do: 'remove' }, { origin: 'https://evil.example' })
      expect(foreign.status).toBe(403)
    }
    expect(await idsOf(visitor)).toEqual([id])
  })

  it('names a city and a region of the same name once', async () => {
    const visitor = await newVisitor()
    await add(visitor, { ...home, city: 'Ávila', region: 'AVILA', postalCode: '05001' })
    const lines = [...(await visitor.get('/es/addresses')).text.matchAll(/class="address-line">([^<]*)/g)]
    expect(lines.map(([, line]) => line)).toEqual([home.name, home.street, '05001 Ávila', 'España'])
  })

  it('shows hostile words as they are, also in the checkout and on the order', async () => {
    const visitor = await newVisitor()
    const nasty = { ...home, name: hostile, street: hostile, city: hostile, region: hostile, postalCode: '"><b>' }
    expect((await add(visitor, nasty)).status).toBe(303)
    const [id = ''] = await idsOf(visitor)
    await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
    const pages = [await visitor.get('/es/addresses'), await visitor.get(`/es/addresses/${id}`)]
    pages.push(await visitor.get('/es/checkout'), await add(visitor, { ...nasty, country: hostile }))
    const placed = await checkOut(visitor, { address: id })
    pages.push(await visitor.get(placed.location), await visitor.get(placed.location.replace('/pay', '')))
    for (const { text } of pages) {
      expect(text).toContain('&lt;script>alert')
      expect(text).not.toContain('<script>alert')
      expect(text).not.toMatch(/<img[^>]*\sonerror|<b>/)
    }
  })
})

/** Sends the form of the checkout with what it holds and `more`. */
async function checkOut(visitor: Visitor, more: Record<string, string>) {
  const { text } = await visitor.get('/es/checkout')
  const [key, lines, shown] = ['key', 'lines', 'shown'].map((name) => hidden(text, name))
  const order = { key: key ?? '', lines: lines ?? '', shown: shown ?? '', deliveryProvider: 'albatross' }
  return visitor.post('/es/checkout', { ...order, ...more })
}

describe('the checkout', () => {
  const blank = { name: '', street: '', city: '', region: '', postalCode: '', country: '' }

  it('takes an address of the book, the preferred one to begin with', async () => {
    const visitor = await newVisitor()
    await add(visitor, home)
    await add(visitor, { ...home, street: 'Rúa Nova 2', city: 'Lugo', isDefault: 'yes' })
    const [preferred = '', other = ''] = await idsOf(visitor)
    await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
    const { text } = await visitor.get('/es/checkout')
    // Each way of delivery with its price and its days.
    expect(text).toMatch(/Pedal &amp; Pluma.*?En casa al día siguiente.*?2,90/s)
    expect(text).toMatch(/Posta Común.*?En casa en 4 días.*?4,90/s)
    expect(/<input[^>]*name="address"[^>]*checked[^>]*>/.exec(text)?.[0]).toContain(preferred)
    expect(text).not.toMatch(/<input[^>]*id="street"[^>]*required/)
    const placed = await checkOut(visitor, { ...blank, address: other })
    expect(placed.location).toMatch(/\/pay$/)
    expect((await visitor.get(placed.location)).text).toContain('Calle Mayor 1')
    expect(await idsOf(visitor)).toHaveLength(2)
  })

  it('takes another one, and saves it once when asked to', async () => {
    const visitor = await newVisitor()
    const buy = async (more: Record<string, string>) => {
      await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
      return checkOut(visitor, more)
    }
    expect((await buy(home)).location).toMatch(/\/pay$/)
    expect(await idsOf(visitor)).toEqual([])
    await buy({ ...home, keep: 'yes' })
    await buy({ ...home, address: 'new', keep: 'yes' })
    expect(await idsOf(visitor)).toHaveLength(1)
  })

  it('saves it once also when two tabs buy at the same time', async () => {
    const visitor = await newVisitor()
    await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
    const { text } = await visitor.get('/es/checkout')
    const [lines = '', shown = ''] = ['lines', 'shown'].map((name) => hidden(text, name))
    const order = { ...home, lines, shown, deliveryProvider: 'albatross', keep: 'yes' }
    const tab = () => visitor.post('/es/checkout', { ...order, key: randomUUID() })
    await Promise.all([tab(), tab(), tab()])
    expect(await idsOf(visitor)).toHaveLength(1)
  })

  it('says what is wrong with another one, and with one that is gone', async () => {
    const visitor = await newVisitor()
    await add(visitor, home)
    await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
    const empty = await checkOut(visitor, { ...blank, address: 'new', keep: 'yes' })
    expect(empty.status).toBe(422)
    expect(empty.text).toMatch(/id="street-error">/)
    expect(empty.text).toMatch(/<input[^>]*name="address"[^>]*value="new"[^>]*checked/)
    expect(empty.text).toMatch(/<input[^>]*name="keep"[^>]*checked/)
    const gone = await checkOut(visitor, { ...blank, address: randomUUID() })
    expect(gone.status).toBe(422)
    expect(gone.text).toMatch(/id="address-error">Elige/)
  })
})
