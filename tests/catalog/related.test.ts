import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, type Person, somebody } from './support.ts'

let shop: TestShop
let seller: Person
const ids: Record<string, string> = {}

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog'] })
  seller = await somebody(shop, 'Marta')
  const book = async (title: string, author: string, year: number, fields: object = {}) => {
    ids[title] = await bookOf(shop, seller, { title, author, year, ...fields })
  }
  await book('Niebla', 'Miguel de Unamuno', 1914)
  await book('San Manuel', 'MIGUEL DE UNAMUNO', 1931)
  await book('Mist', 'Miguel de Unamuno', 1914, { language: 'en' })
  await book('Amor y pedagogía', 'Miguel de Unamuno', 1902, { stock: 0 })
  for (let year = 1900; year < 1914; year++) await book(`De ${year}`, `Autor de ${year}`, year)
  await book('De 1913, agotado', 'Nadie', 1913, { stock: 0 })
  await book('De 1916', 'Autora de 1916', 1916)
  await book('Dubliners', 'James Joyce', 1914, { language: 'en' })
})
afterAll(() => shop?.close())

const related = (id: string | undefined) => shop.request('catalog', 'GET', `/catalog/books/${id}/related`)
const titles = async (title: string): Promise<string[]> =>
  (await related(ids[title])).body.items.map((item: { title: string }) => item.title)
const change = (title: string, body: object) =>
  shop.request('catalog', 'PATCH', `/catalog/books/${ids[title]}`, { body, headers: seller.headers })

describe('related books', () => {
  it('are the author’s, then those of the language and the time, in stock first', async () => {
    const found = await titles('Niebla')
    expect(found.slice(0, 3)).toEqual(['San Manuel', 'Mist', 'Amor y pedagogía'])
    expect(found.slice(3)).toEqual([1913, 1916, 1912, 1911, 1910, 1909, 1908, 1907, 1906].map((year) => `De ${year}`))
  })

  it('are books as they are everywhere, and may be shared for a minute', async () => {
    const answer = await related(ids.Dubliners)
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=60' } })
    const [mist] = answer.body.items
    expect(mist).toEqual((await shop.request('catalog', 'GET', `/catalog/books/${mist.id}`)).body)
    expect(answer.body.items).toHaveLength(1)
  })

  it('leave out a book that is paused, and are not shown for one', async () => {
    await change('Mist', { onSale: false })
    expect(await titles('Niebla')).not.toContain('Mist')
    expect(await related(ids.Mist)).toMatchObject({ status: 404, body: { code: 'not-found' } })
    await change('Mist', { onSale: true })
    expect(await titles('Niebla')).toContain('Mist')
  })

  it('of what is not there are not there', async () => {
    for (const id of [randomUUID(), 'nonsense', "'", '%00', '..%2f']) expect((await related(id)).status).toBe(404)
  })
})
