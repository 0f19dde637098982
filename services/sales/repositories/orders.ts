import { type Queryable, statement } from '../../kit/database.ts'
import type { Address } from '../entities/address.ts'
import type { CancelReason, Order, OrderStatus } from '../entities/order.ts'

const columns = `id, number, buyer_id as "buyerId", status, currency, items_amount as "itemsAmount",
  delivery_amount as "deliveryAmount", provider_id as "providerId", provider_name as "providerName", address,
  expires_at as "expiresAt", reason, created_at as "createdAt"`

interface Row {
  id: string
  number: string
  buyerId: string
  status: OrderStatus
  currency: string
  itemsAmount: string | null
  deliveryAmount: string
  providerId: string
  providerName: string
  address: Address
  expiresAt: Date | null
  reason: CancelReason | null
  createdAt: Date
}

function toOrder({ providerId, providerName, itemsAmount, deliveryAmount, ...row }: Row): Order {
  return {
    ...row,
    provider: { id: providerId, name: providerName },
    itemsAmount: itemsAmount === null ? null : Number(itemsAmount),
    deliveryAmount: Number(deliveryAmount),
  }
}

const insert = statement(
  'order-insert',
  `insert into orders (id, number, buyer_id, status, currency, delivery_amount, provider_id, provider_name, address)
   values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8) on conflict (number) do nothing`,
)
const byId = statement('order-by-id', `select ${columns} from orders where id = $1`)
const lock = statement('order-lock', `select ${columns} from orders where id = $1 for update`)
const unknown = statement(
  'orders-unknown',
  'select id from unnest($1::uuid[]) as given (id) where not exists (select 1 from orders o where o.id = given.id)',
)
const page = statement(
  'order-page',
  `select ${columns} from orders where buyer_id = $1 and items_amount is not null
   and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid)) order by created_at desc, id desc limit $4`,
)
const reserve = statement(
  'order-reserve',
  `update orders set status = 'reserved', items_amount = $2, expires_at = $3, changed_at = clock_timestamp(),
   hold_seconds = greatest(1, extract(epoch from $3::timestamptz - now()))::int where id = $1`,
)
const reserveAgain = statement(
  'order-reserve-again',
  `update orders set status = 'reserved', expires_at = now() + hold_seconds * interval '1 second',
   changed_at = clock_timestamp() where id = $1`,
)
const expiry = statement('order-expiry', `update orders set expires_at = $2 where id = $1 and status = 'reserved'`)
const move = statement(
  'order-move',
  'update orders set status = $2, expires_at = null, changed_at = clock_timestamp() where id = $1',
)
const cancel = statement(
  'order-cancel',
  `update orders set status = 'cancelled', reason = $2, expires_at = null, changed_at = clock_timestamp() where id = $1`,
)

/** False when the number is taken. */
export async function insertOrder(
  tx: Queryable,
  order: Omit<Order, 'status' | 'itemsAmount' | 'expiresAt' | 'reason' | 'createdAt'>,
): Promise<boolean> {
  const { id, number, buyerId, currency, deliveryAmount, provider, address } = order
  const values = [id, number, buyerId, currency, deliveryAmount, provider.id, provider.name, JSON.stringify(address)]
  return (await tx.count(insert, values)) === 1
}

export async function findOrder(db: Queryable, id: string): Promise<Order | undefined> {
  const row = await db.row<Row>(byId, [id])
  return row && toOrder(row)
}

/** Those of the ids that name no order. */
export async function unknownOrders(db: Queryable, ids: readonly string[]): Promise<string[]> {
  return (await db.rows<{ id: string }>(unknown, [ids])).map(({ id }) => id)
}

/** Holds the order until the transaction ends. Whoever touches an order's payment or delivery holds the order first. */
export async function lockOrder(tx: Queryable, id: string): Promise<Order | undefined> {
  const row = await tx.row<Row>(lock, [id])
  return row && toOrder(row)
}

/** The buyer's orders, latest first, after a place. An order that never got its books is not listed. */
export async function listOrders(
  db: Queryable,
  buyerId: string,
  { after, limit }: { after: readonly [string, string] | undefined; limit: number },
): Promise<Order[]> {
  const [at = null, id = null] = after ?? []
  return (await db.rows<Row>(page, [buyerId, at, id, limit])).map(toOrder)
}

export async function markReserved(tx: Queryable, id: string, itemsAmount: number, expiresAt: Date): Promise<void> {
  await tx.count(reserve, [id, itemsAmount, expiresAt])
}

/** After a declined payment: for as long as the first reservation lasted, until the catalog says when exactly. */
export async function markReservedAgain(tx: Queryable, id: string): Promise<void> {
  await tx.count(reserveAgain, [id])
}

export async function setExpiry(tx: Queryable, id: string, expiresAt: Date): Promise<void> {
  await tx.count(expiry, [id, expiresAt])
}

export async function markOrder(
  tx: Queryable,
  id: string,
  status: 'paying' | 'paid' | 'shipped' | 'delivered' | 'refunded',
): Promise<void> {
  await tx.count(move, [id, status])
}

export async function markCancelled(tx: Queryable, id: string, reason: CancelReason): Promise<void> {
  await tx.count(cancel, [id, reason])
}
