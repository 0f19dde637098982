import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, conservation, draft, type Person, release, reserve, sell, somebody, withDatabase } from './support.ts'

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
const patch = (id: string, body: unknown, headers: Record<string, string> = {}, as = seller) =>
  shop.request('catalog', 'PATCH', path(id), { body, headers: { ...as.headers, ...headers } })
const remove = (id: string, as = seller) => shop.request('catalog', 'DELETE', path(id), { headers: as.headers })

describe('a new book', () => {
  it('is what its seller said, under their name', async () => {
    const answer = await sell(shop, seller, { title: '  Nin\u0303a  ', language: 'ES-mx' })
    expect(answer.status).toBe(201)
    const { id, createdAt, updatedAt, ...book } = answer.body
    expect(book).toEqual({
      ...draft,
      title: 'Niña',
      language: 'es-MX',
      onSale: true,
      seller: { id: seller.id, name: 'Marta' },
      cover: null,
    })
    expect([createdAt, updatedAt].every((at) => !Number.isNaN(Date.parse(at)))).toBe(true)
    expect(answer.headers).toMatchObject({
      location: `/api/catalog/books/${id}`,
      etag: expect.stringMatching(/^"[^"]+"$/),
    })
    expect((await read(id)).body).toEqual(answer.body)
  })

  it.each([
    ['title', ''],
    ['title', '   '],
    ['title', 'x'.repeat(301)],
    ['title', 'a\u0007b'],
    ['title', 'a\nb'],
    ['title', 'abc\u202edef'],
    ['title', 'a\0b'],
    ['title', '\ud800'],
    ['title', 5],
    ['title', null],
    ['author', ''],
    ['description', 'x'.repeat(4_001)],
    ['description', 'a\u0000'],
    ['language', 'spanish language'],
    ['language', ''],
    ['language', '../etc'],
    ['year', -801],
    ['year', new Date().getUTCFullYear() + 2],
    ['year', 1887.5],
    ['year', '1887'],
    ['price', { amount: 0, currency: 'USD' }],
    ['price', { amount: -5, currency: 'USD' }],
    ['price', { amount: 10_000_001, currency: 'USD' }],
    ['price', { amount: 9.99, currency: 'USD' }],
    ['price', { amount: 1e300, currency: 'USD' }],
    ['price', { amount: 999, currency: 'EUR' }],
    ['price', { amount: 999, currency: 'USD', discount: 1 }],
    ['price', 999],
    ['stock', -1],
    ['stock', 10_001],
    ['stock', 0.5],
    ['condition', 'mint'],
    ['seller', { id: randomUUID() }],
    ['id', randomUUID()],
    ['__proto__x', 1],
  ])('is refused with %s %j', async (field, value) => {
    const answer = await sell(shop, seller, { [field]: value })
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-body' } })
    expect(answer.body.errors[0].field).toMatch(new RegExp(`^${field}`))
  })

  it('needs every field but the description, and a login', async () => {
    for (const field of ['title', 'author', 'language', 'year', 'price', 'stock', 'condition'])
      expect((await sell(shop, seller, { [field]: undefined })).status).toBe(422)
    expect((await sell(shop, seller, { description: undefined })).body.description).toBe('')
    expect((await shop.request('catalog', 'POST', '/catalog/books', { body: draft })).status).toBe(401)
  })

  it('may hold paragraphs, and letters outside of the basic plane counted as one', async () => {
    const fields = { title: '\u{1F4DA}'.repeat(300), description: 'uno\n\ndos\ttres', year: -800, stock: 0 }
    expect(await sell(shop, seller, fields)).toMatchObject({ status: 201, body: fields })
  })
})

describe('the tag of a book', () => {
  it('spares who has it already', async () => {
    const id = await bookOf(shop, seller)
    const { etag } = (await read(id)).headers
    expect(await read(id, { 'if-none-match': String(etag) })).toMatchObject({
      status: 304,
      body: '',
      headers: { etag },
    })
    expect((await read(id, { 'if-none-match': '"other", *' })).status).toBe(304)
    expect((await read(id, { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('covers the stock, also when it comes back to what it was', async () => {
    const id = await bookOf(shop, seller)
    const tags = [(await read(id)).headers.etag]
    const order = randomUUID()
    await reserve(shop, order, [{ bookId: id, quantity: 1 }])
    tags.push((await read(id)).headers.etag)
    await release(shop, order)
    tags.push((await read(id)).headers.etag)
    expect((await read(id)).body.stock).toBe(draft.stock)
    expect(new Set(tags).size).toBe(3)
  })
})

describe('a change', () => {
  it('of anything but the stock needs no condition, and honours one', async () => {
    const id = await bookOf(shop, seller)
    const stale = String((await read(id)).headers.etag)
    const changed = await patch(id, { title: 'Otro', price: { amount: 700, currency: 'USD' } })
    expect(changed).toMatchObject({
      status: 200,
      body: { title: 'Otro', price: { amount: 700 }, author: draft.author },
    })
    expect(await patch(id, { title: 'Tarde' }, { 'if-match': stale })).toMatchObject({
      status: 412,
      body: { code: 'stale' },
    })
    const found = await shop.request('catalog', 'GET', '/catalog/books?q=otro')
    expect(found.body.items.map((item: { id: string }) => item.id)).toContain(id)
  })

  it('of the stock needs the tag of what its seller saw', async () => {
    const id = await bookOf(shop, seller)
    const { etag } = (await read(id)).headers
    expect(await patch(id, { stock: 9 })).toMatchObject({ status: 428, body: { code: 'if-match-missing' } })
    expect(await patch(id, { stock: 9 }, { 'if-match': '"other"' })).toMatchObject({ status: 412 })
    await reserve(shop, randomUUID(), [{ bookId: id, quantity: 1 }])
    expect(await patch(id, { stock: 9 }, { 'if-match': String(etag) })).toMatchObject({ status: 412 })
    const now = String((await read(id)).headers.etag)
    const changed = await patch(id, { stock: 9 }, { 'if-match': now })
    expect(changed).toMatchObject({ status: 200, body: { stock: 9 } })
    expect(changed.headers.etag).not.toBe(now)
    // As NGINX writes it when it compresses.
    const weak = `W/${changed.headers.etag}`
    expect((await patch(id, { stock: 8 }, { 'if-match': weak })).status).toBe(200)
    expect((await patch(id, { stock: 7 }, { 'if-match': weak })).status).toBe(412)
  })

  it('of the stock is won by one of many who saw the same', async () => {
    const id = await bookOf(shop, seller)
    const headers = { 'if-match': String((await read(id)).headers.etag) }
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => patch(id, { stock: 10 + at }, headers)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(19)
    const broken = await withDatabase(shop.databases.catalog, async (client) => (await client.query(conservation)).rows)
    expect(broken).toEqual([])
  })

  it.each([[{}], [{ colour: 'red' }], [{ title: '' }], [{ price: { amount: 5 } }], [[]], [null]])(
    'is refused with %j',
    async (body) => {
      const id = await bookOf(shop, seller)
      expect(await patch(id, body)).toMatchObject({ status: 422, body: { code: 'invalid-body' } })
    },
  )

  it('is for the seller alone', async () => {
    const id = await bookOf(shop, seller)
    expect(await patch(id, { title: 'Mío' }, {}, other)).toMatchObject({ status: 403, body: { code: 'not-yours' } })
    expect(await patch(id, { stock: 1 }, { 'if-match': '*' }, other)).toMatchObject({ status: 403 })
    expect(await remove(id, other)).toMatchObject({ status: 403, body: { code: 'not-yours' } })
    expect((await shop.request('catalog', 'PATCH', path(id), { body: { title: 'x' } })).status).toBe(401)
    expect((await shop.request('catalog', 'DELETE', path(id))).status).toBe(401)
    expect((await read(id)).body.title).toBe(draft.title)
  })
})

describe('a withdrawn book', () => {
  it('is nowhere any more, and what an order holds stays', async () => {
    const id = await bookOf(shop, seller, { title: 'Desaparecido' })
    const order = randomUUID()
    await reserve(shop, order, [{ bookId: id, quantity: 2 }])
    expect((await remove(id)).status).toBe(204)
    expect((await remove(id)).status).toBe(404)
    expect((await read(id)).status).toBe(404)
    expect((await patch(id, { title: 'x' })).status).toBe(404)
    expect((await shop.request('catalog', 'GET', '/catalog/books?q=desaparecido')).body.items).toEqual([])
    const found = await shop.request('catalog', 'POST', '/books/lookup', { body: { ids: [id] }, internal: true })
    expect(found.body.items).toEqual([])
    expect(await reserve(shop, randomUUID(), [{ bookId: id, quantity: 1 }])).toMatchObject({ status: 404 })
    expect(await reserve(shop, order, [{ bookId: id, quantity: 2 }])).toMatchObject({ status: 200 })
    expect((await release(shop, order)).status).toBe(204)
  })

  it('goes with the account of its seller', async () => {
    const leaving = await somebody(shop, 'Luis')
    const ids = [await bookOf(shop, leaving), await bookOf(shop, leaving)]
    const stays = await bookOf(shop, seller)
    for (let time = 0; time < 2; time++)
      expect((await shop.request('catalog', 'DELETE', `/sellers/${leaving.id}/books`, { internal: true })).status).toBe(
        204,
      )
    const found = await shop.request('catalog', 'POST', '/books/lookup', {
      body: { ids: [...ids, stays] },
      internal: true,
    })
    expect(found.body.items.map((item: { id: string }) => item.id)).toEqual([stays])
  })
})

it('publishes its contract', async () => {
  const { status, body } = await shop.request('catalog', 'GET', '/catalog/openapi.json')
  expect(status).toBe(200)
  const list = body.paths['/catalog/books'].get
  expect(list.parameters.map((parameter: { name: string }) => parameter.name).sort()).toEqual([
    'author',
    'condition',
    'cursor',
    'inStock',
    'language',
    'limit',
    'maxPrice',
    'minPrice',
    'q',
    'seller',
    'sort',
  ])
  expect(list.parameters.every((parameter: { required: boolean }) => !parameter.required)).toBe(true)
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/catalog/suggestions', '/catalog/books/{id}/related']),
  )
  expect(Object.keys(body.paths['/catalog/books/{id}'].patch.responses)).toContain('428')
})
