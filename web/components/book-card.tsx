import type { Book } from '../gateway/schemas.ts'
import { Cover } from './cover.tsx'
import { useView } from './view.ts'

/** `lang` for a title in another language than the page's, so that it is read out and hyphenated rightly. */
export function foreign(bookLanguage: string, pageLanguage: string): { lang?: string } {
  const tag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(bookLanguage) ? bookLanguage : undefined
  return tag === undefined || tag === pageLanguage ? {} : { lang: tag }
}

interface CardProps {
  book: Book
  eager: boolean
  awaited: boolean
  level: 2 | 3
}

function BookCard({ book, eager, awaited, level }: CardProps) {
  const { t, to, money, lang } = useView()
  const Heading = `h${level}` as 'h2' | 'h3'
  return (
    <li class={book.stock > 0 ? 'card' : 'card card-sold'}>
      <a class="card-link" href={to(`/books/${book.id}`)}>
        <span class="card-cover">
          <Cover book={book} eager={eager} awaited={awaited} />
        </span>
        <Heading class="card-title" {...foreign(book.language, lang)}>
          {book.title}
        </Heading>
      </a>
      <p class="card-author">{book.author}</p>
      <p class="card-price">
        <span class="money">{book.stock > 0 ? money(book.price) : t.book.soldOut}</span>
        <span class="card-condition">{t.conditions[book.condition]}</span>
      </p>
    </li>
  )
}

export interface ShelfProps {
  books: readonly Book[]
  /** So many of the first are seen at once; without any, the shelf stands further down. */
  eager?: number
  level?: 2 | 3
}

export function Shelf({ books, eager = 0, level = 3 }: ShelfProps) {
  return (
    <ul class="shelf">
      {books.map((book, at) => (
        <BookCard key={book.id} book={book} eager={at < eager} awaited={at === 0 && eager > 0} level={level} />
      ))}
    </ul>
  )
}
