import { type Queryable, statement } from '../../kit/database.ts'

const ids = (rows: { id: string }[]) => rows.map(({ id }) => id)

const abandoned = statement(
  'orders-abandoned',
  `select id from orders where status = 'pending' and created_at < now() - $1 * interval '1 second'
   order by created_at for update skip locked limit 20`,
)
const expired = statement(
  'orders-expired',
  `select id from orders where status = 'reserved' and expires_at < now()
   order by expires_at for update skip locked limit 20`,
)
const courier = statement(
  'orders-courier',
  `select o.id from deliveries d join orders o on o.id = d.order_id
   where d.status in ('scheduled', 'in-transit') and d.next_step_at <= now() and o.status in ('paid', 'shipped')
   order by d.next_step_at for update of o, d skip locked limit 20`,
)
const openOf = statement(
  'orders-open-of',
  `select count(*)::int as count from orders o
   where (o.buyer_id = $1 or exists (select 1 from order_lines l where l.order_id = o.id and l.seller_id = $1))
     and (o.status in ('pending', 'reserved', 'paying', 'paid', 'shipped')
          or o.status = 'cancelled' and exists (select 1 from payments p where p.order_id = o.id and p.status = 'refunding'))`,
)
const after = statement(
  'orders-after',
  `select id from orders where id > $1 and changed_at > now() - $2 * interval '1 second' order by id limit 100`,
)
/** One statement each, so that the partial indexes serve them. */
const byStatus = {
  pending: statement('orders-count-pending', `select count(*)::int as count from orders where status = 'pending'`),
  reserved: statement('orders-count-reserved', `select count(*)::int as count from orders where status = 'reserved'`),
  paying: statement('orders-count-paying', `select count(*)::int as count from orders where status = 'paying'`),
}

/** Locks orders whose maker died between placing and reserving, or never came back. */
export const lockAbandoned = async (tx: Queryable, seconds: number) => ids(await tx.rows(abandoned, [seconds]))

/** Locks orders that were not paid in time. */
export const lockExpired = async (tx: Queryable) => ids(await tx.rows(expired))

/** Locks orders, and their deliveries, whose courier takes the next step now. */
export const lockDueDeliveries = async (tx: Queryable) => ids(await tx.rows(courier))

/** Orders that bind a buyer or seller still: not yet delivered, or money not yet given back. */
export async function countOpenOrders(db: Queryable, userId: string): Promise<number> {
  return (await db.row<{ count: number }>(openOf, [userId]))?.count ?? 0
}

/** Ids of orders changed within `seconds`, in the order of their ids, after one of them. */
export const orderIdsAfter = async (db: Queryable, id: string, seconds: number) =>
  ids(await db.rows(after, [id, seconds]))

/** How many orders are in a state that does not last. */
export async function countByStatus(db: Queryable, status: 'pending' | 'reserved' | 'paying'): Promise<number> {
  return (await db.row<{ count: number }>(byStatus[status]))?.count ?? 0
}
