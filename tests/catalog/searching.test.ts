import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, type Person, sell, somebody } from './support.ts'

let shop: TestShop
let seller: Person

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog'] })
  seller = await somebody(shop, 'Marta')
  const book = (title: string, author: string, description = '') => bookOf(shop, seller, { title, author, description })
  await book('El ingenioso hidalgo don Quijote de la Mancha', 'Miguel de Cervantes')
  await book('Vida de don Quijote y Sancho', 'Miguel de Unamuno', 'Un comentario apasionado.')
  await book('Cien años de soledad', 'Gabriel García Márquez', 'Macondo. Nada tiene que ver con el Quijote.')
  await book('Война и мир', 'Лев Толстой')
  await book('Τὰ εἰς ἑαυτόν', 'Marco Aurelio')
  await book('源氏物語', '紫式部')
  await book('Ødegård’s Æventyr', 'Søren Łukasz Straße')
  await book("L'étranger", 'Albert Camus')
  await book('100% _real_ <b>book</b> \\ "quoted" \'; drop table books; --', 'Robert \u{1F4DA} Tables')
})
afterAll(() => shop?.close())

const search = (q: string) => shop.request('catalog', 'GET', `/catalog/books?q=${encodeURIComponent(q)}`)
const titles = async (q: string): Promise<string[]> =>
  (await search(q)).body.items.map((item: { title: string }) => item.title)

describe('a search', () => {
  it.each([
    ['without accents', 'cien anos', 'Cien años de soledad'],
    ['with accents that are not there', 'quíjote máncha', 'El ingenioso hidalgo don Quijote de la Mancha'],
    ['in decomposed letters', 'an\u0303os de soledad', 'Cien años de soledad'],
    ['in capitals', 'SOLEDAD', 'Cien años de soledad'],
    ['in Cyrillic capitals', 'ВОЙНА', 'Война и мир'],
    ['in Greek without accents', 'τα εις εαυτον', 'Τὰ εἰς ἑαυτόν'],
    ['in Greek capitals', 'ΕΙΣ', 'Τὰ εἰς ἑαυτόν'],
    ['of some signs of a Japanese title', '物語', '源氏物語'],
    ['of letters that do not decompose', 'odegard aeventyr strasse', 'Ødegård’s Æventyr'],
    ['after an apostrophe', 'etranger', "L'étranger"],
    ['of title and author together', 'unamuno sancho', 'Vida de don Quijote y Sancho'],
    ['of an unfinished word', 'solед'.replace('ед', 'ed'), 'Cien años de soledad'],
    ['of an author’s first letters', 'gabriel gar', 'Cien años de soledad'],
  ])('%s finds the book', async (_, q, title) => {
    expect((await titles(q))[0]).toBe(title)
  })

  it.each([
    ['qijote', 'Quijote'],
    ['quixote', 'Quijote'],
    ['cervates', 'Quijote'],
    ['cein años de soledda', 'Cien años'],
    ['gabriel garcia marqes', 'Cien años'],
    ['etrager', "L'étranger"],
    ['qujiote', 'Quijote'],
    ['cervnates', 'Quijote'],
    ['unamun sacho', 'Sancho'],
    ['войма', 'Война'],
    ['solldad', 'Cien años'],
  ])('forgives a typo: %s', async (q, part) => {
    expect((await titles(q))[0]).toContain(part)
  })

  it('puts titles before descriptions', async () => {
    const found = await titles('quijote')
    expect(found).toHaveLength(3)
    expect(found[2]).toBe('Cien años de soledad')
  })

  it('prefers what is written to what is like it', async () => {
    expect(await titles('soledad')).toEqual(['Cien años de soledad'])
  })

  it.each([
    ['of nothing but signs', '!!! ??? ---'],
    ['of an emoji', '\u{1F984}'],
    ['of operators alone', '& | ! <-> :* ()'],
    ['of a percent sign', '%'],
    ['of an underscore', '_'],
  ])('%s finds nothing', async (_, q) => {
    const answer = await search(q)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ items: [], next: null, facets: { total: 0, price: null } })
  })

  it.each([
    "'; drop table books; --",
    "' or 1=1 --",
    'a & b | !c <-> d:*',
    "quijote':*A & ('",
    '\\',
    "\\' \\\\",
    '%_%',
    '"unbalanced',
    '(((((',
    ':*:*:*',
    '\u202e\u0301\u200d',
    'ﷺ'.repeat(20),
    'İSTANBUL ﬁ ǅ',
    '日本語'.repeat(40),
    '<script>alert(1)</script>',
    'a '.repeat(190),
    'x'.repeat(400),
  ])('takes %j for text', async (q) => {
    const answer = await search(q)
    expect(answer.status).toBe(200)
    const byAuthor = await shop.request('catalog', 'GET', `/catalog/books?author=${encodeURIComponent(q)}`)
    expect(byAuthor.status).toBe(200)
  })

  it.each(['\0', 'x'.repeat(10_000), 'a\0b'])('refuses %j', async (q) => {
    expect((await search(q)).status).toBe(400)
  })

  it('refuses broken encodings', async () => {
    for (const raw of ['%ff', '%', '%zz', '%ed%a0%80'])
      expect((await shop.request('catalog', 'GET', `/catalog/books?q=${raw}`)).status).toBeLessThan(500)
  })

  it('keeps strange text as it was written', async () => {
    const [title] = await titles('drop table')
    expect(title).toBe('100% _real_ <b>book</b> \\ "quoted" \'; drop table books; --')
  })

  it('survives any text in a book', async () => {
    const strange = ["'", '\\', '\u{1F984}', '٣', 'ǅ', '½', '\u0301', 'ß'.repeat(300), '¡¿«»—', 'a'.repeat(300)]
    for (const title of strange) {
      const answer = await sell(shop, seller, { title, author: title, description: `${title} ${title}` })
      expect(answer).toMatchObject({ status: 201, body: { title } })
    }
    const long = Array.from({ length: 800 }, (_, index) => `w${index}`)
      .join(' ')
      .slice(0, 4_000)
    expect((await sell(shop, seller, { description: long })).status).toBe(201)
  })
})
