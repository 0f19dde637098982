import { notFoundHere } from '../app/errors.ts'
import { goTo, sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { Checks } from '../forms/checks.ts'
import { type Form, readUploadForm } from '../forms/form.ts'
import { blankForm, type FormState, hasErrors, typed } from '../forms/state.ts'
import { ApiProblem } from '../gateway/api.ts'
import { browse, findBook, revise, type VersionedBook, withdraw } from '../gateway/catalog.ts'
import type { Book } from '../gateway/schemas.ts'
import { number, plainPrice } from '../i18n/format.ts'
import { MyBooksPage } from '../pages/my-books.tsx'
import { EditPage } from '../pages/sell.tsx'
import { setOnSale, setStock } from './my-book-tools.ts'
import { bookFields, readCover, readDraft, refusedDraft, tryCover } from './sell.tsx'

/** What has just been done, with the title of the book that it was done to. */
function noticeOf({ t, query }: Visit, books: readonly Book[]): string | undefined {
  const done = query.get('done')
  if (done === 'removed') return t.sell.removed
  const title = books.find(({ id }) => id === query.get('book'))?.title
  if (title === undefined) return undefined
  if (done === 'paused') return t.sales.hasPaused(title)
  if (done === 'resumed') return t.sales.hasResumed(title)
  return done === 'stock' ? t.sales.copiesSaved(title) : undefined
}

function stockErrorOf({ t, lang, query }: Visit): { book: string; text: string } | undefined {
  const book = query.get('book') ?? ''
  if (query.get('done') === 'stale') return { book, text: t.sales.copiesStale }
  if (query.get('done') !== 'bad-stock') return undefined
  return { book, text: t.errors.range(number(lang, 0), number(lang, 10_000)) }
}

export async function myBooks(visit: Visit): Promise<void> {
  const cursor = visit.query.get('cursor')?.slice(0, 4_000)
  const mine = { seller: 'me', sort: 'newest', limit: '24' }
  const page = await browse(visit.api, { ...mine, ...(cursor && { cursor }) }).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 400) return browse(visit.api, mine)
    throw error
  })
  await sendPage(visit, {
    kind: 'my-books',
    title: visit.t.mine.title,
    body: (
      <MyBooksPage
        books={page.items}
        next={page.next}
        notice={noticeOf(visit, page.items)}
        stockError={stockErrorOf(visit)}
      />
    ),
  })
}

/** The book of this page, when the visitor sells it. Somebody else's is not there. */
async function ownBook(visit: Visit): Promise<VersionedBook> {
  const id = String(visit.context.params.id)
  if (!isId(id)) throw notFoundHere()
  const found = await findBook(visit.api, id)
  if (found.book.seller.id !== visit.session?.userId) throw notFoundHere()
  return found
}

function valuesOf({ lang }: Visit, book: Book): Record<string, string> {
  return {
    title: book.title,
    author: book.author,
    description: book.description,
    language: book.language,
    year: book.year == null ? '' : String(book.year),
    price: plainPrice(lang, book.price),
    stock: String(book.stock),
    condition: book.condition,
  }
}

async function show(visit: Visit, found: VersionedBook, state: FormState, warning?: string, status = 200) {
  await sendPage(visit, {
    kind: 'edit',
    title: visit.t.sell.editTitle,
    status,
    body: <EditPage book={found.book} etag={found.etag ?? ''} state={state} warning={warning} />,
  })
}

export async function editPage(visit: Visit): Promise<void> {
  const found = await ownBook(visit)
  const warning = visit.query.get('done') === 'no-cover' ? visit.t.sell.coverFailed : undefined
  await show(visit, found, blankForm(valuesOf(visit, found.book)), warning)
}

async function save(visit: Visit, found: VersionedBook, form: Form): Promise<void> {
  const checks = new Checks(form, visit.t, visit.lang)
  const draft = readDraft(visit, checks)
  const values = typed(form, bookFields)
  const shown = { ...found, etag: form.text('etag') }
  if (hasErrors(checks.errors)) return show(visit, shown, { values, errors: checks.errors }, undefined, 422)
  try {
    await revise(visit.api, found.book.id, draft, shown.etag)
    goTo(visit, `/books/${found.book.id}`, { done: 'saved' })
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 412 || error.status === 428)) return stale(visit, values)
    await show(visit, shown, { values, ...refusedDraft(visit, error) }, undefined, 422)
  }
}

/** Copies were sold meanwhile: all that was typed stays, but the number of copies is the one of now. */
async function stale(visit: Visit, values: Record<string, string>): Promise<void> {
  const fresh = await ownBook(visit)
  const state = { values: { ...values, stock: String(fresh.book.stock) }, errors: {} }
  await show(visit, fresh, state, visit.t.sell.stale, 409)
}

async function replaceCover(visit: Visit, found: VersionedBook, form: Form): Promise<void> {
  const errors: Record<string, string> = {}
  const cover = readCover(visit, form, errors)
  if (!cover) errors.cover = visit.t.errors.image
  else if (!hasErrors(errors) && !(await tryCover(visit, found.book.id, cover))) errors.cover = visit.t.errors.image
  if (hasErrors(errors)) return show(visit, found, { values: valuesOf(visit, found.book), errors }, undefined, 422)
  goTo(visit, `/books/${found.book.id}`, { done: 'cover' })
}

export async function changeBook(visit: Visit): Promise<void> {
  const form = await readUploadForm(visit.context.req)
  const found = await ownBook(visit)
  const action = form.text('do')
  if (action === 'cover') return replaceCover(visit, found, form)
  if (action === 'pause' || action === 'resume') return setOnSale(visit, found, action === 'resume')
  if (action === 'stock') return setStock(visit, found, form)
  if (action !== 'remove') return save(visit, found, form)
  await withdraw(visit.api, found.book.id)
  goTo(visit, '/my-books', { done: 'removed' })
}
