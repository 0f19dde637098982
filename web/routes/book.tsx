import { notFoundHere } from '../app/errors.ts'
import { link } from '../app/links.ts'
import { sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { bookData } from '../found/data.ts'
import { summary } from '../found/summary.ts'
import { ApiProblem } from '../gateway/api.ts'
import { findBook } from '../gateway/catalog.ts'
import { relatedTo } from '../gateway/finding.ts'
import type { Book } from '../gateway/schemas.ts'
import { money } from '../i18n/format.ts'
import { BookPage } from '../pages/book.tsx'

const onShelf = 6

/** Shelves below the book are a bonus: without them the page still stands. */
async function related(visit: Visit, id: string): Promise<Book[]> {
  try {
    return (await relatedTo(visit.open, id)).filter(({ stock }) => stock > 0)
  } catch (error) {
    // A paused book has none: it is shown to its seller alone.
    const none = error instanceof ApiProblem && error.status === 404
    if (!none) visit.log.warn({ err: error }, 'a shelf is missing')
    return []
  }
}

export async function bookById(visit: Visit, id: string): Promise<Book> {
  if (!isId(id)) throw notFoundHere()
  try {
    return (await findBook(visit.api, id)).book
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
  const [book, others] = await Promise.all([bookById(visit, id), isId(id) ? related(visit, id) : []])
  const { origin, pictures } = visit.site
  const picture = book.cover ? { url: book.cover.url } : pictures.card(book)
  const sameAuthor = others.filter(({ author }) => author === book.author)
  const akin = others.filter(({ author }) => author !== book.author)
  await sendPage(visit, {
    kind: 'book',
    title: `${book.title} — ${book.author}`,
    description:
      summary(book.description) || visit.t.book.description(book.title, book.author, money(visit.lang, book.price)),
    canonical: `/books/${id}`,
    picture,
    data: bookData(book, `${origin}${link(visit.lang, `/books/${id}`)}`, origin + picture.url),
    shared: true,
    body: (
      <BookPage
        book={book}
        sameAuthor={sameAuthor.slice(0, onShelf)}
        related={akin.slice(0, onShelf)}
        notice={noticeOf(visit)}
      />
    ),
  })
}
