import { type Queryable, sqlState, statement } from '../../kit/database.ts'
import type { Reservation, ReservationState, WantedLine } from '../entities/reservation.ts'

interface LineRow {
  order_id: string
  state: ReservationState
  expires_at: Date | null
  book_id: string | null
  title: string
  author: string
  seller_id: string
  seller_name: string
  quantity: number
  unit_price: number
  currency: string
}

const lineColumns = 'l.book_id, l.title, l.author, l.seller_id, l.seller_name, l.quantity, l.unit_price, l.currency'

/**
 * All or nothing in one statement: the books that are on sale, another's and in sufficient number are locked in the
 * order of their ids; when those are all that were wanted, the order's reservation is written, and only then is stock taken.
 * Locked rows are read anew, so what was counted is what is taken. An order that has its reservation locks nothing: it
 * would wait, with books in its hands, for whoever ends that reservation and needs these books.
 */
const reserve = statement(
  'reservation-reserve',
  `with wanted as (
     select * from unnest($4::uuid[], $5::int[], $6::int[]) as w (book_id, quantity, position)
   ), locked as materialized (
     select b.id from books b join wanted w on w.book_id = b.id
     where b.withdrawn_at is null and b.on_sale and b.seller_id <> $2 and b.stock >= w.quantity
       and not exists (select 1 from reservations where order_id = $1)
     order by b.id for update of b
   ), claimed as (
     insert into reservations (order_id, buyer_id, state, expires_at)
     select $1, $2, 'held', clock_timestamp() + $3::int * interval '1 second'
     where (select count(*) from locked) = (select count(*) from wanted)
     on conflict (order_id) do nothing
     returning order_id, state, expires_at
   ), taken as (
     update books b set stock = b.stock - w.quantity, revision = b.revision + 1
     from wanted w, claimed where b.id = w.book_id and b.stock >= w.quantity
     returning b.id, b.price, b.currency, b.title, b.author, b.seller_id, b.seller_name, w.quantity, w.position
   ), moved as (
     insert into stock_movements (book_id, delta, reason, order_id)
     select t.id, -t.quantity, 'reserved', c.order_id from taken t, claimed c
   ), l as (
     insert into reservation_lines
       (order_id, book_id, position, quantity, unit_price, currency, title, author, seller_id, seller_name)
     select c.order_id, t.id, t.position, t.quantity, t.price, t.currency, t.title, t.author, t.seller_id, t.seller_name
     from taken t, claimed c returning *
   )
   select c.order_id, c.state, c.expires_at, ${lineColumns} from claimed c, l order by l.position`,
)
const find = statement(
  'reservation-find',
  `select r.order_id, r.state, r.expires_at, ${lineColumns}
   from reservations r left join reservation_lines l using (order_id) where r.order_id = $1 order by l.position`,
)
const live = statement(
  'reservations-live',
  `select order_id as "orderId", state from reservations
   where order_id > $1 and state in ('held', 'kept', 'sold') order by order_id limit $2`,
)
const keep = statement(
  'reservation-keep',
  `update reservations set state = 'kept', expires_at = null, changed_at = clock_timestamp()
   where order_id = $1 and state in ('held', 'kept')`,
)
const confirm = statement(
  'reservation-confirm',
  `update reservations set state = 'sold', expires_at = null, changed_at = clock_timestamp()
   where order_id = $1 and state in ('held', 'kept')`,
)
const expireAgain = statement(
  'reservation-expire-again',
  `update reservations set state = 'held', expires_at = clock_timestamp() + $2::int * interval '1 second',
     changed_at = clock_timestamp()
   where order_id = $1 and state in ('held', 'kept')`,
)
/** Where there is none, the tombstone refuses the reservation that may still be on its way. */
const release = statement(
  'reservation-release',
  `insert into reservations (order_id, state) values ($1, 'released')
   on conflict (order_id) do update set state = 'released', expires_at = null, changed_at = clock_timestamp()
   where reservations.state in ('held', 'kept', 'sold')`,
)
/** Any number of processes may do this at once: each takes what no other has taken. */
const expire = statement(
  'reservation-expire',
  `update reservations set state = 'expired', changed_at = clock_timestamp()
   where order_id in (
     select order_id from reservations where state = 'held' and expires_at <= clock_timestamp()
     order by expires_at limit $1 for update skip locked)
   returning order_id`,
)
/** A statement of its own, after the reservation's row is ours: its snapshot sees the lines of whoever was before us. */
const restock = statement(
  'reservation-restock',
  `with back as (
     select book_id, sum(quantity)::int as quantity from reservation_lines where order_id = any($1::uuid[]) group by book_id
   ), locked as materialized (
     select b.id, k.quantity from books b join back k on k.book_id = b.id order by b.id for update of b
   ), returned as (
     update books b set stock = b.stock + l.quantity, revision = b.revision + 1 from locked l where b.id = l.id
   )
   insert into stock_movements (book_id, delta, reason, order_id)
   select book_id, quantity, $2, order_id from reservation_lines where order_id = any($1::uuid[])`,
)

function toReservation(rows: readonly LineRow[]): Reservation | undefined {
  const first = rows[0]
  if (!first) return undefined
  const lines = rows.flatMap((row) =>
    row.book_id === null
      ? []
      : [
          {
            bookId: row.book_id,
            title: row.title,
            author: row.author,
            seller: { id: row.seller_id, name: row.seller_name },
            quantity: row.quantity,
            unitPrice: { amount: row.unit_price, currency: row.currency },
          },
        ],
  )
  return { orderId: first.order_id, state: first.state, expiresAt: first.expires_at, lines }
}

export interface ReserveRequest {
  orderId: string
  buyerId: string
  /** Of different books. */
  lines: readonly WantedLine[]
  /** How long it is held. */
  seconds: number
}

const deadlock = '40P01'
const mostAttempts = 4

/**
 * Undefined when nothing was taken: a line cannot be had, or there is a reservation of this order already. The same
 * order sent twice and released at one moment can still wait in a circle; PostgreSQL ends that, and it is asked again.
 */
export async function takeStock(db: Queryable, request: ReserveRequest): Promise<Reservation | undefined> {
  const { orderId, buyerId, lines, seconds } = request
  const books = lines.map((line) => line.bookId)
  const quantities = lines.map((line) => line.quantity)
  const values = [orderId, buyerId, seconds, books, quantities, lines.map((_, at) => at)]
  for (let attempt = 1; ; attempt++) {
    try {
      return toReservation(await db.rows<LineRow>(reserve, values))
    } catch (error) {
      if (attempt === mostAttempts || sqlState(error) !== deadlock) throw error
    }
  }
}

export async function findReservation(db: Queryable, orderId: string): Promise<Reservation | undefined> {
  return toReservation(await db.rows<LineRow>(find, [orderId]))
}

export type LiveReservation = Pick<Reservation, 'orderId' | 'state'>

/** Those that have taken books, in the order of their ids, after one of them. */
export function listLiveReservations(db: Queryable, after: string, limit: number): Promise<LiveReservation[]> {
  return db.rows<LiveReservation>(live, [after, limit])
}

/** Each of these: true when there was something held or kept. */
export const keepReservation = async (db: Queryable, orderId: string) => (await db.count(keep, [orderId])) > 0
export const confirmReservation = async (db: Queryable, orderId: string) => (await db.count(confirm, [orderId])) > 0
export const holdAgain = async (db: Queryable, orderId: string, seconds: number) =>
  (await db.count(expireAgain, [orderId, seconds])) > 0

/** False when it was released or expired before. The stock is given back by `restockOrders`, in the same transaction. */
export const releaseReservation = async (tx: Queryable, orderId: string) => (await tx.count(release, [orderId])) > 0

/** Ends up to `atMost` reservations whose time is over, and names their orders. */
export async function expireReservations(tx: Queryable, atMost: number): Promise<string[]> {
  return (await tx.rows<{ order_id: string }>(expire, [atMost])).map((row) => row.order_id)
}

/** Puts what these orders held into stock again. How many lines that were. */
export const restockOrders = (tx: Queryable, orderIds: readonly string[], reason: 'released' | 'expired') =>
  tx.count(restock, [orderIds, reason])
