import { type Queryable, statement } from '../../kit/database.ts'
import type { Book, BookDraft, BookState, Cover } from '../entities/book.ts'
import { fold } from '../search/fold.ts'
import { searchVector } from '../search/vector.ts'
import { type BookRow, selectBook, toBook } from './book-row.ts'

const find = statement('book-find', `select ${selectBook('b')} from books b where id = $1 and withdrawn_at is null`)
const lock = statement(
  'book-lock',
  `select ${selectBook('b')} from books b where id = $1 and withdrawn_at is null for update`,
)
const lookup = statement(
  'book-lookup',
  `select ${selectBook('b')} from books b where id = any($1::uuid[]) and withdrawn_at is null and on_sale`,
)
/** The first copies come with the book: one statement, so that the movements always add up. */
const insert = statement(
  'book-insert',
  `with b as (
     insert into books (id, seller_id, seller_name, title, author, description, language, year, price, currency, stock,
       condition, title_key, author_key, words, created_at)
     values (coalesce($1, gen_random_uuid()), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::tsvector,
       coalesce($16::timestamptz, date_trunc('milliseconds', clock_timestamp())))
     on conflict (id) do nothing
     returning *
   ), received as (
     insert into stock_movements (book_id, delta, reason) select id, stock, 'received' from b where stock > 0
   )
   select ${selectBook('b')} from b`,
)
const update = statement(
  'book-update',
  `with b as (
     update books set title = $2, author = $3, description = $4, language = $5, year = $6, price = $7, stock = $8,
       condition = $9, title_key = $10, author_key = $11, words = $12::tsvector, on_sale = $14, revision = revision + 1,
       updated_at = clock_timestamp()
     where id = $1 returning *
   ), corrected as (
     insert into stock_movements (book_id, delta, reason) select $1, $13::int, 'corrected' where $13::int <> 0
   )
   select ${selectBook('b')} from b`,
)
const setCover = statement(
  'book-cover',
  `update books b set cover = $2, revision = revision + 1, updated_at = clock_timestamp()
   where id = $1 and withdrawn_at is null returning ${selectBook('b')}`,
)
const withdraw = statement(
  'book-withdraw',
  `update books set withdrawn_at = clock_timestamp(), revision = revision + 1 where id = $1 and withdrawn_at is null`,
)
/** Rows are locked in the order of ids, as everywhere, so that nobody waits in a circle. */
const withdrawAll = statement(
  'book-withdraw-all',
  `with theirs as (select id from books where seller_id = $1 and withdrawn_at is null order by id for update)
   update books b set withdrawn_at = clock_timestamp(), revision = revision + 1 from theirs where b.id = theirs.id`,
)

async function bookOf(row: Promise<BookRow | undefined>): Promise<Book | undefined> {
  const found = await row
  return found && toBook(found)
}

/** A book that is not withdrawn, paused or not, or undefined. */
export const findBook = (db: Queryable, id: string) => bookOf(db.row<BookRow>(find, [id]))

/** As `findBook`; nobody else changes the book before the transaction ends. */
export const lockBook = (tx: Queryable, id: string) => bookOf(tx.row<BookRow>(lock, [id]))

/** Those of `ids` that are on sale, in no order. */
export async function lookupBooks(db: Queryable, ids: readonly string[]): Promise<Book[]> {
  return (await db.rows<BookRow>(lookup, [ids])).map(toBook)
}

const derived = (draft: BookDraft, keywords?: string) => [
  fold(draft.title),
  fold(draft.author),
  searchVector({ ...draft, description: keywords ?? draft.description }),
]

export interface NewBook extends BookDraft {
  seller: Book['seller']
  /** Given by seeds only, which must find their books again. */
  id?: string
  createdAt?: Date
  /** Words by which it is found in place of the description's: the same in all languages of the shop. */
  keywords?: string
}

/** Undefined when there is a book with this id already. */
export function insertBook(db: Queryable, book: NewBook): Promise<Book | undefined> {
  const values = [
    ...[book.id ?? null, book.seller.id, book.seller.name, book.title, book.author, book.description, book.language],
    ...[book.year, book.price.amount, book.price.currency, book.stock, book.condition],
    ...[...derived(book, book.keywords), book.createdAt ?? null],
  ]
  return bookOf(db.row<BookRow>(insert, values))
}

/** Writes all that a seller says. The book was locked; `stockDelta` is what that does to its stock. */
export function updateBook(tx: Queryable, id: string, state: BookState, stockDelta: number): Promise<Book | undefined> {
  const values = [
    ...[id, state.title, state.author, state.description, state.language, state.year, state.price.amount, state.stock],
    ...[state.condition, ...derived(state), stockDelta, state.onSale],
  ]
  return bookOf(tx.row<BookRow>(update, values))
}

export const setBookCover = (tx: Queryable, id: string, cover: Cover) =>
  bookOf(tx.row<BookRow>(setCover, [id, JSON.stringify(cover)]))

export const withdrawBook = (tx: Queryable, id: string) => tx.count(withdraw, [id])

export const withdrawBooksOf = (db: Queryable, sellerId: string) => db.count(withdrawAll, [sellerId])
