import { notFoundHere } from '../app/errors.ts'
import { link } from '../app/links.ts'
import { sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { bookData } from '../found/data.ts'
import { summary } from '../found/summary.ts'
import { ApiProblem } from '../gateway/api.ts'
import { browse, findBook } from '../gateway/catalog.ts'
import { relatedTo } from '../gateway/finding.ts'
import type { Book } from '../gateway/schemas.ts'
import { money } from '../i18n/format.ts'
import { BookPage } from '../pages/book.tsx'

const onShelf = 6

/** Shelves below the book are a bonus: without them the page still stands. */
async function bonus(visit: Visit, books: () => Promise<readonly Book[]>): Promise<readonly Book[]> {
  try {
    return (await books()).filter(({ stock }) => stock > 0)
  } catch (error) {
    // A paused book has none: it is shown to its seller alone.
    const none = error instanceof ApiProblem && error.status === 404
    if (!none) visit.log.warn({ err: error }, 'a shelf is missing')
    return []
  }
}

/** Of others. Where an author's own books leave no room among the related, the newest in their language stand in. */
async function akinTo(visit: Visit, { author, language }: Book, related: readonly Book[]): Promise<readonly Book[]> {
  const ofOthers = (books: readonly Book[]) => books.filter((book) => book.author !== author)
  const akin = ofOthers(related)
  if (akin.length > 0 || related.length === 0) return akin
  const query = { language, inStock: 'true', sort: 'newest', limit: '24' }
  return ofOthers(await bonus(visit, async () => (await browse(visit.open, query)).items))
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
  const related = isId(id) ? bonus(visit, () => relatedTo(visit.open, id)) : []
  const [book, others] = await Promise.all([bookById(visit, id), related])
  const sameAuthor = others.filter(({ author }) => author === book.author)
  const akin = await akinTo(visit, book, others)
  const { origin, pictures } = visit.site
  const picture = book.cover ? { url: book.cover.url } : pictures.card(book)
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
