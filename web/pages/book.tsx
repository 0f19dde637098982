import { foreign, Shelf } from '../components/book-card.tsx'
import { Cover } from '../components/cover.tsx'
import { Notice } from '../components/notice.tsx'
import { SeenPlace } from '../components/seen.tsx'
import { useView } from '../components/view.ts'
import type { Book } from '../gateway/schemas.ts'
import { languageName, year } from '../i18n/format.ts'

export interface BookProps {
  book: Book
  sameAuthor: readonly Book[]
  related: readonly Book[]
  notice: string | undefined
}

/** Quantities beyond this are a wholesaler's. */
const mostAtOnce = 10

function Quantity({ stock }: { stock: number }) {
  const { t } = useView()
  if (stock < 2) return <input type="hidden" name="quantity" value="1" />
  return (
    <label class="quantity">
      <span>{t.book.quantity}</span>
      <select name="quantity">
        {Array.from({ length: Math.min(stock, mostAtOnce) }, (_, index) => (
          <option key={index} value={index + 1}>
            {index + 1}
          </option>
        ))}
      </select>
    </label>
  )
}

function Buy({ book }: { book: Book }) {
  const { t, to, money, user } = useView()
  if (user?.id === book.seller.id)
    return (
      <div class="buy">
        <p class="price">{money(book.price)}</p>
        <p>{book.onSale ? t.book.yours : t.sales.pausedLead}</p>
        <p class="actions">
          <a class="button quiet" href={to(`/my-books/${book.id}`)}>
            {t.book.edit}
          </a>
          <a href={to('/my-books')}>{t.nav.myBooks}</a>
        </p>
      </div>
    )
  if (book.stock < 1)
    return (
      <div class="buy">
        <p class="price sold">{t.book.soldOut}</p>
        <p>{t.book.soldOutLead}</p>
      </div>
    )
  return (
    <form class="buy" method="post" action={to('/cart')} data-enhance="add-to-cart" data-to-cart={t.cart.look}>
      <p class="price">{money(book.price)}</p>
      <p class="stock">{book.stock === 1 ? t.book.lastOne : t.book.stock(book.stock)}</p>
      <input type="hidden" name="do" value="add" />
      <input type="hidden" name="book" value={book.id} />
      <div class="buy-row">
        <Quantity stock={book.stock} />
        <button class="button" type="submit">
          {t.book.add}
        </button>
      </div>
    </form>
  )
}

function Facts({ book }: { book: Book }) {
  const { t, lang } = useView()
  const facts: [name: string, value: string, hint?: string][] = [
    [t.book.condition, t.conditions[book.condition], t.conditionHints[book.condition]],
    [t.book.language, languageName(lang, book.language)],
    ...(book.year == null ? [] : [[t.book.year, year(t, book.year)] as [string, string]]),
    [t.book.seller, book.seller.name],
  ]
  return (
    <dl class="facts">
      {facts.map(([name, value, hint]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {hint && <span class="hint">{hint}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Others({
  title,
  books,
  more,
}: {
  title: string
  books: readonly Book[]
  more?: { href: string; text: string }
}) {
  if (books.length === 0) return null
  return (
    <section class="others">
      <div class="section-head">
        <h2>{title}</h2>
        {more && (
          <a class="more" href={more.href}>
            {more.text}
          </a>
        )}
      </div>
      <Shelf books={books} />
    </section>
  )
}

export function BookPage({ book, sameAuthor, related, notice }: BookProps) {
  const { t, to, lang } = useView()
  const byAuthor = to('/books', { author: book.author })
  return (
    <>
      <Notice text={notice} />
      <article class="book">
        <div class="book-cover">
          <Cover book={book} alt={t.book.coverOf(book.title)} awaited />
        </div>
        <div class="book-text">
          <h1 {...foreign(book.language, lang)}>{book.title}</h1>
          <p class="byline">
            <a href={byAuthor}>{book.author}</a>
          </p>
          <Buy book={book} />
          {book.description && (
            <div class="blurb">
              <h2 class="visually-hidden">{t.book.about}</h2>
              {book.description.split(/\n{2,}/).map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
            </div>
          )}
          <h2 class="visually-hidden">{t.book.facts}</h2>
          <Facts book={book} />
        </div>
      </article>
      <Others
        title={t.book.sameAuthor(book.author)}
        books={sameAuthor}
        more={{ href: byAuthor, text: t.book.moreBy }}
      />
      <Others title={t.book.related} books={related} />
      <SeenPlace book={book.id} />
    </>
  )
}
