import { AccountNav } from '../components/account-nav.tsx'
import { EmptyPage } from '../components/empty-page.tsx'
import { More } from '../components/more.tsx'
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
        <EmptyPage title={t.mine.none} lead={t.mine.noneLead} next={['/sell', t.home.sell]} notice={notice} />
      </>
    )
  return (
    <>
      <AccountNav here="/my-books" />
      <div class="section-head">
        <h1>{t.mine.title}</h1>
        <a class="button quiet small more-button" href={to('/sell')}>
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
      <More path="/my-books" query={{ cursor: next ?? undefined }} text={t.browse.next} />
    </>
  )
}
