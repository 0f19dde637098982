import { type Queryable, statement } from '../../kit/database.ts'
import type { OrderLine } from '../entities/order.ts'

const insert = statement(
  'lines-insert',
  `insert into order_lines (order_id, position, book_id, quantity)
   select $1, position, book_id, quantity
   from unnest($2::uuid[], $3::int[]) with ordinality as given (book_id, quantity, position)`,
)
const snapshot = statement(
  'lines-snapshot',
  `update order_lines l set title = s.title, author = s.author, seller_id = s.seller_id, seller_name = s.seller_name,
     unit_amount = s.unit_amount
   from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::bigint[])
     as s (book_id, title, author, seller_id, seller_name, unit_amount)
   where l.order_id = $1 and l.book_id = s.book_id`,
)
const ofOrders = statement(
  'lines-of-orders',
  `select l.order_id as "orderId", l.book_id as "bookId", l.quantity, l.title, l.author, l.seller_id as "sellerId",
     l.seller_name as "sellerName", l.unit_amount as "unitAmount", s.shipped_at as "shippedAt"
   from order_lines l left join shipments s on s.order_id = l.order_id and s.seller_id = l.seller_id
   where l.order_id = any($1) order by l.order_id, l.position`,
)

interface Row {
  orderId: string
  bookId: string
  quantity: number
  title: string | null
  author: string | null
  sellerId: string | null
  sellerName: string | null
  unitAmount: string | null
  shippedAt: Date | null
}

const toLine = ({ orderId, sellerId, sellerName, unitAmount, ...row }: Row): OrderLine => ({
  ...row,
  seller: sellerId === null ? null : { id: sellerId, name: sellerName ?? '' },
  unitAmount: unitAmount === null ? null : Number(unitAmount),
})

export async function insertLines(
  tx: Queryable,
  orderId: string,
  lines: readonly { bookId: string; quantity: number }[],
): Promise<void> {
  await tx.count(insert, [orderId, lines.map((line) => line.bookId), lines.map((line) => line.quantity)])
}

export interface ReservedLine {
  bookId: string
  title: string
  author: string
  seller: { id: string; name: string }
  unitAmount: number
}

/** Keeps what the catalog said of the books when it reserved them: title, seller and price stay so for this order. */
export async function snapshotLines(tx: Queryable, orderId: string, lines: readonly ReservedLine[]): Promise<void> {
  await tx.count(snapshot, [
    orderId,
    lines.map((line) => line.bookId),
    lines.map((line) => line.title),
    lines.map((line) => line.author),
    lines.map((line) => line.seller.id),
    lines.map((line) => line.seller.name),
    lines.map((line) => line.unitAmount),
  ])
}

/** The lines of each order, in the order in which they were asked for. */
export async function linesOf(db: Queryable, orderIds: readonly string[]): Promise<Map<string, OrderLine[]>> {
  const found = new Map<string, OrderLine[]>(orderIds.map((id) => [id, []]))
  for (const row of await db.rows<Row>(ofOrders, [orderIds])) found.get(row.orderId)?.push(toLine(row))
  return found
}
