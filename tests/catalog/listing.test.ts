import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, type Person, somebody } from './support.ts'

let shop: TestShop
let seller: Person
let other: Person

const languages = ['es', 'en', 'pt-BR'] as const
const conditions = ['new', 'good', 'poor'] as const
const authors = ['Ana María Matute', 'Émile Zola', 'Јован', 'Benito Pérez Galdós'] as const
const count = 47

/** Few different values, so that every order has ties. */
const fieldsOf = (index: number) => ({
  title: `${index % 2 === 0 ? 'Águila' : 'aguila'} ${index % 5}`,
  author: authors[index % authors.length],
  language: languages[index % languages.length],
  condition: conditions[(index >> 1) % conditions.length],
  year: 1900 + (index % 4),
  price: { amount: 500 + (index % 6) * 100, currency: 'USD' },
  stock: index % 3 === 0 ? 0 : index % 5,
})

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog'] })
  seller = await somebody(shop, 'Marta')
  other = await somebody(shop, 'Otra')
  for (let index = 0; index < count; index++) await bookOf(shop, index % 7 === 0 ? other : seller, fieldsOf(index))
})
afterAll(() => shop?.close())

const list = (query: Record<string, string>, headers: Record<string, string> = {}) =>
  shop.request('catalog', 'GET', `/catalog/books?${new URLSearchParams(query)}`, { headers })

type Item = {
  id: string
  title: string
  author: string
  language: string
  condition: string
  year: number
  stock: number
  price: { amount: number }
  seller: { id: string }
  createdAt: string
}

async function walk(query: Record<string, string>): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof list>> = await list({ ...query, ...(cursor !== null && { cursor }) })
    expect(page.status).toBe(200)
    items.push(...page.body.items)
    cursor = page.body.next
  } while (cursor !== null)
  return items
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

const keys: Record<string, (item: Item) => string | number> = {
  newest: (item) => -Date.parse(item.createdAt),
  'price-asc': (item) => item.price.amount,
  'price-desc': (item) => -item.price.amount,
  price: (item) => item.price.amount,
  '-price': (item) => -item.price.amount,
  title: (item) => plain(item.title),
  author: (item) => plain(item.author),
  year: (item) => item.year,
  'year-desc': (item) => -item.year,
}

describe('pages', () => {
  it.each(Object.keys(keys))('walk through all books exactly once, in order, by %s', async (sort) => {
    for (const limit of ['1', '7', '100']) {
      const items = await walk({ sort, limit })
      expect(new Set(items.map((item) => item.id)).size).toBe(count)
      expect(items.length).toBe(count)
      const values = items.map(keys[sort] as (item: Item) => string | number)
      expect(values).toEqual([...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    }
  })

  it.each([
    { q: 'aguila' },
    { q: 'aguila', sort: 'price-asc' },
    { q: 'agiula' },
    { q: 'agiula', sort: 'title', inStock: 'true' },
    { q: 'aguila', language: 'es,en', maxPrice: '800' },
    { seller: 'HOUSE', inStock: 'true' },
  ])('walk through a search exactly once: %o', async (query) => {
    const asked: Record<string, string> = { ...query, ...('seller' in query && { seller: seller.id }) }
    const whole = (await list({ ...asked, limit: '100' })).body.items.map((item: Item) => item.id)
    expect(whole.length).toBeGreaterThan(5)
    expect((await walk({ ...asked, limit: '4' })).map((item) => item.id)).toEqual(whole)
  })

  it('refuse a cursor of another order, of another kind of search, or of nobody', async () => {
    const { next } = (await list({ sort: 'price', limit: '2' })).body
    for (const query of [{ sort: 'title' }, { sort: 'year' }, { sort: 'price', q: 'aguila' }, {}])
      expect(await list({ ...query, cursor: next })).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } })
    const forged = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url')
    const id = '00000000-0000-4000-8000-000000000001'
    for (const cursor of [
      'x',
      forged(null),
      forged(['newest', 'all', "'; drop table books", id]),
      forged(['newest', 'all', '2026-99-99T00:00:00Z', id]),
    ])
      expect(await list({ cursor })).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } })
    expect(await list({ sort: 'price', cursor: forged(['price-asc', 'all', 1e12, id]) })).toMatchObject({ status: 400 })
    expect(await list({ cursor: forged(['newest', 'all', '0000-01-01T00:00:00Z', id]) })).not.toMatchObject({
      status: 500,
    })
  })
})

const filters: Record<string, (item: Item, value: string) => boolean> = {
  language: (item, value) => value.split(',').includes(item.language),
  condition: (item, value) => value.split(',').includes(item.condition),
  author: (item, value) => plain(item.author).includes(plain(value)),
  minPrice: (item, value) => item.price.amount >= Number(value),
  maxPrice: (item, value) => item.price.amount <= Number(value),
  inStock: (item, value) => value !== 'true' || item.stock > 0,
  seller: (item, value) => item.seller.id === value,
}

const tally = (values: string[]) => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return Object.fromEntries(counts)
}
const asTally = (facet: { value: string; count: number }[]) =>
  Object.fromEntries(facet.map(({ value, count: n }) => [value, n]))

describe('filters and facets', () => {
  it.each([
    {},
    { language: 'es' },
    { language: 'es,pt-br', condition: 'new' },
    { author: 'galdos' },
    { author: 'Émile Zola', inStock: 'true' },
    { minPrice: '600', maxPrice: '800' },
    { inStock: 'true' },
    { language: 'en', condition: 'good,poor', minPrice: '600', inStock: 'true', author: 'matute' },
    { q: 'aguila', condition: 'poor' },
    { q: 'aguila', language: 'es', inStock: 'true' },
    { q: 'agiula', language: 'es' },
    { seller: 'one', condition: 'good' },
  ])('count what a count of all books counts: %o', async (query) => {
    const asked: Record<string, string> = { ...query, ...('seller' in query && { seller: other.id }) }
    const canonical = { ...asked, ...(asked.language && { language: asked.language.replace('pt-br', 'pt-BR') }) }
    const all = await walk({ limit: '100' })
    const passing = (own: readonly string[]) =>
      all.filter((item) =>
        Object.entries(canonical).every(
          ([name, value]) => own.includes(name) || (filters[name]?.(item, value) ?? true),
        ),
      )
    const { items, facets } = (await list({ ...asked, limit: '100' })).body
    expect(items.map((item: Item) => item.id).sort()).toEqual(
      passing([])
        .map((item) => item.id)
        .sort(),
    )
    expect(asTally(facets.languages)).toEqual(tally(passing(['language']).map((item) => item.language)))
    expect(asTally(facets.conditions)).toEqual(tally(passing(['condition']).map((item) => item.condition)))
    expect(asTally(facets.authors)).toEqual(tally(passing(['author']).map((item) => item.author)))
    const prices = passing(['minPrice', 'maxPrice']).map((item) => item.price.amount)
    expect(facets.price).toEqual(prices.length ? { min: Math.min(...prices), max: Math.max(...prices) } : null)
    expect(facets.inStock).toBe(passing(['inStock']).filter((item) => item.stock > 0).length)
    expect(facets).toMatchObject({ total: items.length, capped: false })
  })

  it('know the seller behind a token', async () => {
    const mine = await list({ seller: 'me', limit: '100' }, other.headers)
    expect(mine.body.items.length).toBe(7)
    expect(new Set(mine.body.items.map((item: Item) => item.seller.id))).toEqual(new Set([other.id]))
    expect(await list({ seller: 'me' })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect((await list({}, { authorization: 'Bearer nonsense' })).status).toBe(401)
  })

  it.each([
    { limit: '0' },
    { limit: '101' },
    { limit: 'x' },
    { sort: 'nothing' },
    { condition: 'mint' },
    { language: 'not_a_tag!' },
    { minPrice: '-1' },
    { maxPrice: '1.5' },
    { minPrice: '99999999999' },
    { inStock: 'maybe' },
    { seller: 'nobody' },
    { colour: 'red' },
  ])('refuse what makes no sense: %o', async (query) => {
    const [field] = Object.keys(query)
    const answer = await list(query as unknown as Record<string, string>)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-query' } })
    expect(answer.body.errors[0].field).toMatch(new RegExp(`^${field}`))
  })

  it('take empty parameters, which forms send, for none', async () => {
    const answer = await list({
      q: '',
      author: ' ',
      language: '',
      condition: '',
      minPrice: '',
      inStock: '',
      sort: '',
      cursor: '',
    })
    expect(answer.body.facets.total).toBe(count)
  })
})
