import { call, promised, status } from '../api.ts'
import { expect } from '../types.ts'
import type { Book, Person, Step, Visit } from '../visit.ts'

const price = 1234

const sell: Step = {
  name: 'sell a book',
  needs: ['log in', 'delivery providers'],
  async run(visit) {
    const seller = promised(visit.seller, 'seller')
    const title = `Smoke test ${visit.mark}`
    visit.cleanup.remember({ what: traceOf(title), undo: (later) => withdrawAll(later, seller, title) })
    const book = await call(visit, {
      method: 'POST',
      path: '/catalog/books',
      as: seller,
      body: bookOf(title, promised(visit.provider, 'delivery provider').price.currency),
      expect: 201,
      what: 'the new book',
    })
    visit.book = {
      id: book.text('id'),
      title,
      price: { amount: book.number('price.amount'), currency: book.text('price.currency') },
    }
    expect(
      visit.book.price.amount === price,
      `The book was offered for ${price} and is listed for ${visit.book.price.amount}.`,
    )
    return title
  },
}

/** One copy: after one order there is none left. */
function bookOf(title: string, currency: string) {
  return {
    title,
    author: 'Bookstore',
    description: 'A check of the shop offers this book, buys it itself and takes it away again.',
    language: 'en',
    year: 2020,
    price: { amount: price, currency },
    stock: 1,
    condition: 'good',
  }
}

const search: Step = {
  name: 'search finds it',
  needs: ['sell a book'],
  async run(visit) {
    const book = promised(visit.book, 'book')
    const page = await call(visit, { path: `/catalog/books?q=${visit.mark}`, expect: 200, what: 'the search' })
    const found = page.list('items').map((item) => item.text('id'))
    expect(found.includes(book.id), `A search for '${visit.mark}' does not find the new book.`)
    return undefined
  },
}

const withdraw: Step = {
  name: 'withdraw the book',
  needs: ['sell a book'],
  async run(visit) {
    const { id, title } = promised(visit.book, 'book')
    await call(visit, {
      method: 'DELETE',
      path: `/catalog/books/${id}`,
      as: promised(visit.seller, 'seller'),
      expect: 204,
      what: 'the withdrawal',
    })
    const answered = await status(visit, { path: `/catalog/books/${id}` })
    expect(answered === 404, `The withdrawn book still answers ${answered}, and 404 was expected.`)
    visit.cleanup.forget(traceOf(title))
    return undefined
  },
}

export const sellingSteps: readonly Step[] = [sell, search]
export const withdrawingSteps: readonly Step[] = [withdraw]

const traceOf = (title: string) => `the book '${title}'`

/** For the clean-up: found by its seller, since the answer that named it may have been lost. */
async function withdrawAll(visit: Visit, seller: Person, title: string): Promise<void> {
  const page = await call(visit, {
    path: '/catalog/books?seller=me',
    as: seller,
    expect: 200,
    what: 'the books of the seller',
  })
  const mine = page.list('items').filter((book) => book.text('title') === title)
  for (const book of mine) {
    await call(visit, {
      method: 'DELETE',
      path: `/catalog/books/${book.text('id')}`,
      as: seller,
      expect: [204, 404],
      what: 'the withdrawal',
    })
  }
}

/** How many copies of the book can be bought now. */
export async function stockOf(visit: Visit, { id }: Book): Promise<number> {
  return (await call(visit, { path: `/catalog/books/${id}`, expect: 200, what: 'the book' })).number('stock')
}
