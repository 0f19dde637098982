import { AccountNav } from '../components/account-nav.tsx'
import { Notice } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { Book } from '../gateway/schemas.ts'
import { MyBookRow } from './my-book-row.tsx'

export interface MyBooksProps {
  books: readonly Book[]
  next: string | null
  notice: string | undefined
  /** What is wrong with the copies of one of them. */
  stockError: { book: string; text: string } | undefined
}

export function MyBooksPage({ books, next, notice, stockError }: MyBooksProps) {
  const { t, to } = useView()
  if (books.length === 0)
    return (
      <>
        <AccountNav here="/my-books" />
        <div class="quiet-page">
          <h1>{t.mine.none}</h1>
          <Notice text={notice} />
          <p class="lead">{t.mine.noneLead}</p>
          <a class="button" href={to('/sell')}>
            {t.home.sell}
          </a>
        </div>
      </>
    )
  return (
    <>
      <AccountNav here="/my-books" />
      <div class="section-head">
        <h1>{t.mine.title}</h1>
        <a class="more" href={to('/sell')}>
          {t.home.sell}
        </a>
      </div>
      <Notice text={notice} />
      <ul class="rows">
        {books.map((book) => (
          <MyBookRow
            key={book.id}
            book={book}
            stockError={stockError?.book === book.id ? stockError.text : undefined}
          />
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
