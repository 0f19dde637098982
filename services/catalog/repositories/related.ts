import { type Queryable, statement } from '../../kit/database.ts'
import type { Book } from '../entities/book.ts'
import { fold } from '../search/fold.ts'
import { type BookRow, selectBook, toBook } from './book-row.ts'

/** Books of the same author that are looked at, and of the same language to either side of the year. */
const mostByAuthor = 200
const mostOfEra = 60

const ofEra = (compare: '>=' | '<', direction: 'asc' | 'desc') =>
  `(select * from books b where withdrawn_at is null and language = $3 and year ${compare} $4 and on_sale
     and id <> $1 and author_key <> $2 order by year ${direction}, id ${direction} limit ${mostOfEra})`

/** Each part walks an index and stops: an author of thousands and a language of all are as quick as any. */
const related = statement(
  'book-related',
  `with b as (
     (select *, 0 as kinship from books where withdrawn_at is null and author_key = $2 and on_sale and id <> $1
       order by author_key, id limit ${mostByAuthor})
     union all
     select *, 1 from (${ofEra('>=', 'asc')} union all ${ofEra('<', 'desc')}) era
   )
   select ${selectBook('b')} from b
   order by kinship, stock = 0, language <> $3, abs(year - $4), created_at desc, id limit $5`,
)

/**
 * Books on sale that go with `book`: of the same author, then of the same language and nearest in time; of each, those in stock
 * come first.
 */
export async function findRelated(db: Queryable, book: Book, limit: number): Promise<Book[]> {
  const values = [book.id, fold(book.author), book.language, book.year, limit]
  return (await db.rows<BookRow>(related, values)).map(toBook)
}
