import { Cover } from '../components/cover.tsx'
import { Notice } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { Book } from '../gateway/schemas.ts'

function Row({ book }: { book: Book }) {
  const { t, to, money } = useView()
  return (
    <li>
      <Cover book={book} />
      <div>
        <p class="line-title">
          <a href={to(`/books/${book.id}`)}>{book.title}</a>
        </p>
        <p class="line-author">{book.author}</p>
        <p class="line-author">{book.stock > 0 ? t.book.stock(book.stock) : t.book.soldOut}</p>
      </div>
      <div class="row-side">
        <p>{money(book.price)}</p>
        <p>
          <a class="row-action" href={to(`/my-books/${book.id}`)} aria-label={t.mine.editOf(book.title)}>
            {t.mine.edit}
          </a>
        </p>
      </div>
    </li>
  )
}

export interface MyBooksProps {
  books: readonly Book[]
  next: string | null
  notice: string | undefined
}

export function MyBooksPage({ books, next, notice }: MyBooksProps) {
  const { t, to } = useView()
  if (books.length === 0)
    return (
      <div class="quiet-page">
        <h1>{t.mine.none}</h1>
        <Notice text={notice} />
        <p class="lead">{t.mine.noneLead}</p>
        <a class="button" href={to('/sell')}>
          {t.home.sell}
        </a>
      </div>
    )
  return (
    <>
      <div class="section-head">
        <h1>{t.mine.title}</h1>
        <a class="more" href={to('/sell')}>
          {t.home.sell}
        </a>
      </div>
      <Notice text={notice} />
      <ul class="rows">
        {books.map((book) => (
          <Row key={book.id} book={book} />
        ))}
      </ul>
      {next && (
        <nav class="pages" aria-label={t.browse.pages}>
          <a class="button quiet" href={to('/my-books', { cursor: next })}>
            {t.browse.next}
          </a>
        </nav>
      )}
    </>
  )
}
