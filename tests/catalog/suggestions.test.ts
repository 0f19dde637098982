import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, type Person, somebody } from './support.ts'

let shop: TestShop
let seller: Person
let quijote: string

const galdos = ['Trafalgar', 'Doña Perfecta', 'Misericordia', 'Tristana', 'Nazarín', 'Marianela'] as const

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog'] })
  seller = await somebody(shop, 'Marta')
  const book = (title: string, author: string, fields: object = {}) =>
    bookOf(shop, seller, { title, author, description: 'Palabras sueltas: murciélago.', ...fields })
  quijote = await book('El ingenioso hidalgo don Quijote de la Mancha', 'Miguel de Cervantes')
  await book('Vida de don Quijote y Sancho', 'Miguel de Unamuno')
  await book('Cien años de soledad', 'Gabriel García Márquez', { stock: 0 })
  await book('Cien años de soledad', 'Gabriel Garcia Marquez')
  await book('Война и мир', 'Лев Толстой')
  await book('源氏物語', '紫式部')
  await book('<b>Tables</b> "quoted" \'; drop table books; --', 'Robert \u{1F4DA} Tables')
  for (const title of galdos) await book(title, 'Benito Pérez Galdós')
})
afterAll(() => shop?.close())

const ask = (query: Record<string, string>) =>
  shop.request('catalog', 'GET', `/catalog/suggestions?${new URLSearchParams(query)}`)

interface Item {
  kind: 'book' | 'author'
  text: string
  id?: string
  author?: string
}
const items = async (q: string, more: Record<string, string> = {}): Promise<Item[]> =>
  (await ask({ q, ...more })).body.items
const texts = async (q: string) => (await items(q)).map(({ text }) => text)

describe('suggestions', () => {
  it('name a book by its id and author, and may be shared for a minute', async () => {
    const answer = await ask({ q: 'ingenioso hid' })
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=60' } })
    expect(answer.body).toEqual({
      items: [
        {
          kind: 'book',
          text: 'El ingenioso hidalgo don Quijote de la Mancha',
          id: quijote,
          author: 'Miguel de Cervantes',
        },
      ],
    })
  })

  it.each([
    ['the beginning of a title', 'ci', 'Cien años de soledad'],
    ['a word within a title', 'manch', 'El ingenioso hidalgo don Quijote de la Mancha'],
    ['the beginning of a name', 'beni', 'Benito Pérez Galdós'],
    ['a surname', 'unam', 'Miguel de Unamuno'],
    ['words without their accents', 'perez gald', 'Benito Pérez Galdós'],
    ['accents that are not there', 'trafálgar', 'Trafalgar'],
    ['title and author together', 'sancho unamu', 'Vida de don Quijote y Sancho'],
    ['Cyrillic', 'ВОЙ', 'Война и мир'],
    ['Japanese', '物', '源氏物語'],
    ['a letter too few', 'cervates', 'Miguel de Cervantes'],
    ['two letters that changed places', 'trisatna', 'Tristana'],
    ['a slip before an unfinished word', 'qijote sanc', 'Vida de don Quijote y Sancho'],
    ['an unfinished word with a slip', 'cervna', 'Miguel de Cervantes'],
    ['a wrong letter of two words', 'dona perfecto', 'Doña Perfecta'],
  ])('know %s: %s', async (_, q, expected) => {
    expect((await texts(q))[0]).toBe(expected)
  })

  it('name an author once, before their books', async () => {
    const found = await items('galdos', { limit: '12' })
    expect(found[0]).toEqual({ kind: 'author', text: 'Benito Pérez Galdós' })
    expect(found.filter(({ kind }) => kind === 'author')).toHaveLength(1)
    expect(
      found
        .slice(1)
        .map(({ text }) => text)
        .sort(),
    ).toEqual([...galdos].sort())
  })

  it('name a book once that many sell, and an author once however they are written', async () => {
    const found = await items('gabriel')
    expect(found.map(({ kind }) => kind)).toEqual(['author', 'book'])
    expect(found[1]).toMatchObject({ author: 'Gabriel Garcia Marquez' })
  })

  it('are eight, or as many as was asked for', async () => {
    expect(await items('m')).toHaveLength(8)
    expect(await items('galdos', { limit: '3' })).toHaveLength(3)
    expect(await items('galdos', { limit: '1' })).toHaveLength(1)
  })

  it('do not look into descriptions', async () => {
    expect(await texts('murcielago')).toEqual([])
  })

  it.each(['', '   ', '!!! ---', '\u{1F984}', '& | ! <-> :* ()', '%', '_', 'zzzzxqw'])('are none for %j', async (q) => {
    expect(await ask({ q })).toMatchObject({ status: 200, body: { items: [] } })
  })

  it.each([
    "'; drop table books; --",
    "quijote':*A & ('",
    "\\' \\\\",
    "quijote'|'",
    '%_%',
    ':*:*:*',
    '\u202e\u0301\u200d',
    'ﷺ'.repeat(20),
    '日本語'.repeat(40),
    '<script>alert(1)</script>',
    'abcdefgh '.repeat(44),
    'a '.repeat(190),
    'x'.repeat(400),
  ])('take %j for text', async (q) => {
    expect((await ask({ q })).status).toBe(200)
  })

  it('give strange text as it was written', async () => {
    expect(await texts('drop')).toEqual(['<b>Tables</b> "quoted" \'; drop table books; --'])
  })

  it.each([
    { q: 'a\0b' },
    { q: 'x'.repeat(401) },
    { limit: '0' },
    { limit: '13' },
    { limit: '1.5' },
    { limit: 'x' },
    { colour: 'red' },
  ])('refuse %o', async (query) => {
    const answer = await ask(query as unknown as Record<string, string>)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-query' } })
  })

  it('forget a book that is paused or withdrawn', async () => {
    const id = await bookOf(shop, seller, { title: 'Efímero', author: 'Pasajera Zutana' })
    const change = (method: string, body?: object) =>
      shop.request('catalog', method, `/catalog/books/${id}`, { headers: seller.headers, ...(body && { body }) })
    expect(await texts('efimero')).toEqual(['Efímero'])
    await change('PATCH', { onSale: false })
    for (const q of ['efimero', 'zutana', 'efimreo']) expect(await texts(q)).toEqual([])
    await change('PATCH', { onSale: true })
    expect(await texts('zutana')).toEqual(['Pasajera Zutana', 'Efímero'])
    await change('DELETE')
    expect(await texts('efimero')).toEqual([])
  })
})
