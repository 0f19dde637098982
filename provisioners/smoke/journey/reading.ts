import { call, status } from '../api.ts'
import type { Fields } from '../fields.ts'
import { DoesNotHold, expect } from '../types.ts'
import type { Step, Visit } from '../visit.ts'
import { openPage } from './page.ts'

/** Where the journey's parcel goes. */
const homeCountry = 'ES'

/** What anybody may see, and what nobody may see without a login. Nothing is written. */
export function readingSteps(languages: readonly string[]): readonly Step[] {
  return [...languages.map(homePage), browse, oneBook, searchKnown, deliveryProviders, guarded]
}

const homePage = (language: string): Step => ({
  name: `home page (${language})`,
  async run(visit) {
    const page = await openPage(visit, '/', language)
    expect(page.status === 200, `The home page answered ${page.status}.`)
    const spoken = /<html[^>]*\slang="?([A-Za-z-]+)/.exec(page.text)?.[1]
    expect(spoken !== undefined, 'The home page does not say its language (<html lang>).')
    expect(spoken.split('-')[0] === language, `Asked for '${language}', the home page answers in '${spoken}'.`)
    return /<title>([^<]*)/.exec(page.text)?.[1]?.trim()
  },
})

const browse: Step = {
  name: 'browse',
  async run(visit) {
    const page = await call(visit, { path: '/catalog/books?limit=5', expect: 200, what: 'the list of books' })
    const books = page.list('items')
    for (const book of books) {
      book.text('title')
      expect(
        book.number('price.amount') >= 0 && /^[A-Z]{3}$/.test(book.text('price.currency')),
        'A book in the list has no proper price.',
      )
    }
    return `${books.length} on the first page`
  },
}

/** An empty shop has none to show; that is no fault. */
const oneBook: Step = {
  name: 'one book',
  needs: ['browse'],
  async run(visit) {
    const first = await firstBook(visit)
    if (!first) return 'the shop is empty'
    const book = await call(visit, { path: `/catalog/books/${first.text('id')}`, expect: 200, what: 'the book' })
    expect(book.text('id') === first.text('id'), 'The book that answers is not the one that was asked for.')
    expect(book.text('title') === first.text('title'), 'The book has another title than in the list.')
    return book.text('title')
  },
}

const searchKnown: Step = {
  name: 'search a known title',
  needs: ['browse'],
  async run(visit) {
    const first = await firstBook(visit)
    if (!first) return 'the shop is empty'
    const query = encodeURIComponent(first.text('title'))
    const found = (
      await call(visit, { path: `/catalog/books?limit=50&q=${query}`, expect: 200, what: 'the search' })
    ).list('items')
    const ids = found.map((book) => book.text('id'))
    expect(ids.includes(first.text('id')), `A search for '${first.text('title')}' does not find that book.`)
    return `${ids.length} found`
  },
}

async function firstBook(visit: Visit) {
  return (await call(visit, { path: '/catalog/books?limit=1', expect: 200, what: 'the list of books' })).list(
    'items',
  )[0]
}

type Provider = NonNullable<Visit['provider']> & { name: string }

const deliveryProviders: Step = {
  name: 'delivery providers',
  async run(visit) {
    const items = await providersOf(visit)
    visit.provider = items.find(({ country }) => country === homeCountry) ?? items[0]
    return items.map(({ name }) => name).join(', ')
  },
}

async function providersOf(visit: Visit): Promise<[Provider, ...Provider[]]> {
  const answer = await call(visit, { path: '/sales/delivery-providers', expect: 200, what: 'the delivery providers' })
  const items = answer.list('items').map((item) => ({
    id: item.text('id'),
    name: item.text('name'),
    price: { amount: item.number('price.amount'), currency: item.text('price.currency') },
    country: countryOf(item),
  }))
  const [first, ...others] = items
  if (!first) throw new DoesNotHold('There is no delivery provider, so that nobody can buy.')
  return [first, ...others]
}

/** One that it delivers to, ours where it can. `coverage` is 'worldwide' or a list of ISO 3166-1 codes. */
function countryOf(provider: Fields): string {
  if (!provider.isList('coverage')) return homeCountry
  const countries = provider.texts('coverage')
  return countries.includes(homeCountry) ? homeCountry : (countries[0] ?? homeCountry)
}

const guarded: Step = {
  name: 'guarded calls',
  async run(visit) {
    for (const path of ['/auth/me', '/sales/orders', '/sales/cart']) {
      const answered = await status(visit, { path })
      expect(answered === 401, `GET /api${path} without a login answered ${answered}, and 401 was expected.`)
    }
    return '401 without a login'
  },
}
