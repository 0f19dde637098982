import { type Queryable, statement } from '../../kit/database.ts'
import type { CartLine } from '../entities/cart.ts'

const ofBuyer = statement(
  'cart-of-buyer',
  `select book_id as "bookId", quantity, added_amount as "addedAmount", added_currency as "addedCurrency"
   from cart_lines where buyer_id = $1 order by position`,
)
const owner = statement('cart-owner', 'select pg_advisory_xact_lock(hashtextextended($1, 1))')
const clear = statement('cart-clear', 'delete from cart_lines where buyer_id = $1')
const insert = statement(
  'cart-insert',
  `insert into cart_lines (buyer_id, position, book_id, quantity, added_amount, added_currency)
   select $1, position, book_id, quantity, amount, currency
   from unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[]) with ordinality
     as given (book_id, quantity, amount, currency, position)`,
)
const take = statement('cart-take', 'delete from cart_lines where buyer_id = $1 and book_id = any($2)')

interface Row {
  bookId: string
  quantity: number
  addedAmount: string | null
  addedCurrency: string | null
}

const toLine = ({ bookId, quantity, addedAmount, addedCurrency }: Row): CartLine => ({
  bookId,
  quantity,
  added: addedAmount === null ? null : { amount: Number(addedAmount), currency: addedCurrency ?? '' },
})

export async function findCart(db: Queryable, buyerId: string): Promise<CartLine[]> {
  return (await db.rows<Row>(ofBuyer, [buyerId])).map(toLine)
}

/** Replaces the cart as a whole; two writers take turns, the last one stays. */
export async function replaceCart(tx: Queryable, buyerId: string, lines: readonly CartLine[]): Promise<void> {
  await tx.rows(owner, [buyerId])
  await tx.count(clear, [buyerId])
  await tx.count(insert, [
    buyerId,
    lines.map((line) => line.bookId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.added?.amount ?? null),
    lines.map((line) => line.added?.currency ?? null),
  ])
}

export async function deleteCart(tx: Queryable, buyerId: string): Promise<void> {
  await tx.count(clear, [buyerId])
}

/** Takes the books of an order out of its buyer's cart. */
export async function takeFromCart(tx: Queryable, buyerId: string, bookIds: readonly string[]): Promise<void> {
  await tx.count(take, [buyerId, bookIds])
}
