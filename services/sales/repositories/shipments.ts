import { type Queryable, statement } from '../../kit/database.ts'
import type { ShipmentOfOrder } from '../entities/shipment.ts'

const insert = statement(
  'shipments-insert',
  `insert into shipments (order_id, seller_id)
   select distinct order_id, seller_id from order_lines where order_id = $1 and seller_id is not null
   on conflict do nothing`,
)
const remove = statement('shipments-delete', 'delete from shipments where order_id = $1')
const handOver = statement(
  'shipment-hand-over',
  `update shipments set shipped_at = date_trunc('milliseconds', clock_timestamp())
   where order_id = $1 and seller_id = $2 and shipped_at is null`,
)
const handOverRest = statement(
  'shipments-hand-over-rest',
  `update shipments set shipped_at = date_trunc('milliseconds', clock_timestamp())
   where order_id = $1 and shipped_at is null`,
)
const progress = statement(
  'shipments-progress',
  `select count(*)::int as parts, count(shipped_at)::int as shipped from shipments where order_id = $1`,
)
const sells = statement(
  'shipments-sells',
  'select exists (select 1 from order_lines where order_id = $1 and seller_id = $2) as sells',
)

const columns = `s.order_id as "orderId", o.number, o.status, o.currency, o.address, s.paid_at as "paidAt",
  s.shipped_at as "shippedAt"`
const one = statement(
  'shipment-of-order',
  `select ${columns} from shipments s join orders o on o.id = s.order_id where s.order_id = $1 and s.seller_id = $2`,
)
const pages = {
  'to-ship': statement(
    'shipments-to-ship',
    `select ${columns} from shipments s join orders o on o.id = s.order_id
     where s.seller_id = $1 and s.shipped_at is null and o.status = 'paid'
       and ($2::timestamptz is null or (s.paid_at, s.order_id) > ($2, $3::uuid))
     order by s.paid_at, s.order_id limit $4`,
  ),
  shipped: statement(
    'shipments-shipped',
    `select ${columns} from shipments s join orders o on o.id = s.order_id
     where s.seller_id = $1 and s.shipped_at is not null
       and ($2::timestamptz is null or (s.shipped_at, s.order_id) < ($2, $3::uuid))
     order by s.shipped_at desc, s.order_id desc limit $4`,
  ),
}

export type ShipmentState = keyof typeof pages

/** Writes down each seller's part of an order that is paid and that the transaction holds, unless it is there already. */
export async function insertShipments(tx: Queryable, orderId: string): Promise<void> {
  await tx.count(insert, [orderId])
}

/** Nobody has to hand anything over any more for an order that the transaction holds. */
export async function deleteShipments(tx: Queryable, orderId: string): Promise<void> {
  await tx.count(remove, [orderId])
}

/** Marks a seller's part of an order that the transaction holds, unless it was handed over before. */
export async function markHandedOver(tx: Queryable, orderId: string, sellerId: string): Promise<void> {
  await tx.count(handOver, [orderId, sellerId])
}

/** Marks the parts of every seller who has not handed theirs over. */
export async function markRestHandedOver(tx: Queryable, orderId: string): Promise<void> {
  await tx.count(handOverRest, [orderId])
}

/** How many sellers have a part in a paid order, and how many of them have handed it over. */
export async function progressOf(tx: Queryable, orderId: string): Promise<{ parts: number; shipped: number }> {
  return (await tx.row<{ parts: number; shipped: number }>(progress, [orderId])) ?? { parts: 0, shipped: 0 }
}

/** Whether somebody sells any of an order's books. Nobody does until the catalog has reserved them. */
export async function sellsIn(db: Queryable, orderId: string, sellerId: string): Promise<boolean> {
  return (await db.row<{ sells: boolean }>(sells, [orderId, sellerId]))?.sells ?? false
}

export const findShipment = (db: Queryable, orderId: string, sellerId: string) =>
  db.row<ShipmentOfOrder>(one, [orderId, sellerId])

/** A seller's parts after a place: those to ship, the longest waiting first; or those shipped, latest first. */
export async function listShipments(
  db: Queryable,
  sellerId: string,
  { state, after, limit }: { state: ShipmentState; after: readonly [string, string] | undefined; limit: number },
): Promise<ShipmentOfOrder[]> {
  const [at = null, id = null] = after ?? []
  return db.rows<ShipmentOfOrder>(pages[state], [sellerId, at, id, limit])
}
