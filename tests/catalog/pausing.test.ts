import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, draft, type Person, release, reservation, reserve, somebody, turn } from './support.ts'

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
const get = (at: string, as?: Person, headers: Record<string, string> = {}) =>
  shop.request('catalog', 'GET', at, { headers: { ...as?.headers, ...headers } })
const patch = (id: string, body: object, as = seller, headers: Record<string, string> = {}) =>
  shop.request('catalog', 'PATCH', path(id), { body, headers: { ...as.headers, ...headers } })

async function paused(fields: object = {}): Promise<string> {
  const id = await bookOf(shop, seller, fields)
  expect(await patch(id, { onSale: false })).toMatchObject({ status: 200, body: { id, onSale: false } })
  return id
}

const idsOf = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map(({ id }) => id)

describe('a paused book', () => {
  it('is shown to its seller, and to nobody else', async () => {
    const id = await paused()
    expect(await get(path(id), seller)).toMatchObject({ status: 200, body: { id, onSale: false, stock: draft.stock } })
    for (const as of [undefined, other])
      expect(await get(path(id), as)).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect((await get(path(id), undefined, { 'if-none-match': '*' })).status).toBe(404)
    expect((await get(path(id), undefined, { authorization: 'Bearer nonsense' })).status).toBe(401)
  })

  it('says no more to who tries to change it', async () => {
    const id = await paused()
    expect((await patch(id, { onSale: true }, other)).status).toBe(404)
    expect((await shop.request('catalog', 'DELETE', path(id), { headers: other.headers })).status).toBe(404)
    expect((await get(path(id), seller)).body.onSale).toBe(false)
  })

  it('is another state, with another tag, and comes back as it was', async () => {
    const id = await bookOf(shop, seller)
    const before = await get(path(id))
    const tags = [before.headers.etag]
    for (const onSale of [false, true]) {
      const changed = await patch(id, { onSale }, seller, { 'if-match': String(tags.at(-1)) })
      expect(changed).toMatchObject({ status: 200, body: { onSale } })
      tags.push(changed.headers.etag)
    }
    expect(new Set(tags).size).toBe(3)
    expect((await patch(id, { onSale: false }, seller, { 'if-match': String(tags[0]) })).status).toBe(412)
    const after = await get(path(id))
    expect(after.body).toEqual({ ...before.body, updatedAt: after.body.updatedAt })
  })

  it('can be changed, and stays paused', async () => {
    const id = await paused()
    expect(await patch(id, { title: 'Corregido' })).toMatchObject({ status: 200, body: { onSale: false } })
  })

  it('is listed for its seller with seller=me alone', async () => {
    const fields = { title: 'Escondido xilofonista', author: 'Autora Secreta', language: 'eu' }
    const id = await paused(fields)
    const open = await bookOf(shop, seller, { ...fields, title: 'Abierto xilofonista' })
    for (const q of ['', '&q=xilofonista', '&q=xilofnista', '&language=eu', '&author=secreta&sort=title']) {
      const sorted = (answer: Awaited<ReturnType<typeof get>>) =>
        idsOf(answer).filter((one) => one === id || one === open)
      expect(sorted(await get(`/catalog/books?seller=me&limit=100${q}`, seller)).sort()).toEqual([id, open].sort())
      for (const as of [undefined, seller, other])
        for (const whose of ['', `&seller=${seller.id}`])
          expect(sorted(await get(`/catalog/books?limit=100${whose}${q}`, as))).toEqual([open])
      expect(sorted(await get(`/catalog/books?seller=me&limit=100${q}`, other))).toEqual([])
    }
    for (const q of ['xilofonista', 'xilofnista']) {
      const { facets } = (await get(`/catalog/books?q=${q}`)).body
      expect(facets).toMatchObject({ total: 1, authors: [{ value: 'Autora Secreta', count: 1 }] })
    }
    expect((await get('/catalog/books?q=escondido')).body).toMatchObject({ items: [], facets: { total: 0 } })
  })

  it('cannot be reserved, and is in no lookup', async () => {
    const [id, open] = [await paused(), await bookOf(shop, seller)]
    expect(
      await reserve(shop, randomUUID(), [
        { bookId: open, quantity: 1 },
        { bookId: id, quantity: 1 },
      ]),
    ).toMatchObject({
      status: 404,
      body: { code: 'not-found', errors: [{ field: 'lines.1', message: expect.stringContaining(id) }] },
    })
    expect((await get(path(open))).body.stock).toBe(draft.stock)
    const found = await shop.request('catalog', 'POST', '/books/lookup', { body: { ids: [id, open] }, internal: true })
    expect(idsOf(found)).toEqual([open])
  })

  it('stays in the orders that had it', async () => {
    const id = await bookOf(shop, seller)
    const [sold, returned] = [randomUUID(), randomUUID()]
    for (const order of [sold, returned]) await reserve(shop, order, [{ bookId: id, quantity: 1 }], other.id)
    await patch(id, { onSale: false })
    expect(await reserve(shop, sold, [{ bookId: id, quantity: 1 }], other.id)).toMatchObject({ status: 200 })
    for (const what of ['keep', 'confirm'] as const) expect((await turn(shop, sold, what)).status).toBe(204)
    expect((await release(shop, returned)).status).toBe(204)
    expect((await reservation(shop, sold)).body).toMatchObject({ state: 'sold', lines: [{ bookId: id }] })
    expect((await get(path(id), seller)).body.stock).toBe(draft.stock - 1)
  })

  it('is sold to nobody who comes later, however close', async () => {
    const id = await bookOf(shop, seller, { stock: 50 })
    const orders = Array.from({ length: 20 }, () => reserve(shop, randomUUID(), [{ bookId: id, quantity: 1 }]))
    const [, ...answers] = await Promise.all([patch(id, { onSale: false }), ...orders])
    const held = answers.filter(({ status }) => status === 200).length
    expect(answers.every(({ status }) => status === 200 || status === 404)).toBe(true)
    expect((await get(path(id), seller)).body.stock).toBe(50 - held)
    expect((await reserve(shop, randomUUID(), [{ bookId: id, quantity: 1 }])).status).toBe(404)
  })
})

it.each([['yes'], [null], [1], ['false']])('onSale is not %j', async (onSale) => {
  const id = await bookOf(shop, seller)
  const answer = await patch(id, { onSale })
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-body', errors: [{ field: 'onSale' }] } })
})
