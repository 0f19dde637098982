import { notFoundHere } from '../app/errors.ts'
import { sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { ApiProblem } from '../gateway/api.ts'
import { type BookQuery, browse, findBook } from '../gateway/catalog.ts'
import type { Book } from '../gateway/schemas.ts'
import { money } from '../i18n/format.ts'
import { BookPage } from '../pages/book.tsx'

/** Shelves below the book are a bonus: without them the page still stands. */
async function shelf(visit: Visit, query: BookQuery): Promise<Book[]> {
  try {
    return (await browse(visit.open, { ...query, inStock: 'true', limit: '7' })).items
  } catch (error) {
    visit.log.warn({ err: error }, 'a shelf is missing')
    return []
  }
}

export async function bookById(visit: Visit, id: string): Promise<Book> {
  if (!isId(id)) throw notFoundHere()
  try {
    return (await findBook(visit.open, id)).book
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) throw notFoundHere()
    throw error
  }
}

function noticeOf({ t, query }: Visit): string | undefined {
  const said: Readonly<Record<string, string>> = {
    published: t.sell.published,
    saved: t.sell.saved,
    cover: t.sell.coverSaved,
  }
  const done = query.get('done') ?? ''
  return Object.hasOwn(said, done) ? said[done] : undefined
}

export async function showBook(visit: Visit): Promise<void> {
  const id = String(visit.context.params.id)
  const book = await bookById(visit, id)
  const [byAuthor, sameLanguage] = await Promise.all([
    shelf(visit, { author: book.author }),
    shelf(visit, { language: book.language, sort: 'newest' }),
  ])
  const sameAuthor = byAuthor.filter((other) => other.id !== id).slice(0, 6)
  const taken = new Set([id, ...sameAuthor.map((other) => other.id)])
  const related = sameLanguage.filter((other) => !taken.has(other.id)).slice(0, 6)
  await sendPage(visit, {
    kind: 'book',
    title: `${book.title} — ${book.author}`,
    description:
      book.description.slice(0, 160) ||
      visit.t.book.description(book.title, book.author, money(visit.lang, book.price)),
    canonical: `/books/${id}`,
    shared: true,
    body: <BookPage book={book} sameAuthor={sameAuthor} related={related} notice={noticeOf(visit)} />,
  })
}
