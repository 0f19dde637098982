import { type Queryable, statement } from '../../kit/database.ts'
import type { Delivery } from '../entities/delivery.ts'

const columns = `order_id as "orderId", tracking_code as "trackingCode", status, estimated_on::text as "estimatedOn"`

const insert = statement(
  'delivery-insert',
  `insert into deliveries (order_id, tracking_code, status, estimated_on, next_step_at)
   values ($1, $2, 'scheduled', current_date + $3::int, now() + $4 * interval '1 second') on conflict (order_id) do nothing`,
)
const ofOrders = statement('deliveries-of-orders', `select ${columns} from deliveries where order_id = any($1)`)
const step = statement(
  'delivery-step',
  `update deliveries set status = $2, next_step_at = now() + $3 * interval '1 second' where order_id = $1`,
)

export interface NewDelivery {
  orderId: string
  trackingCode: string
  /** Until it is at the door. */
  days: number
  /** Until the courier takes the next step. */
  stepSeconds: number
}

/** False when the order has a delivery already. */
export async function insertDelivery(tx: Queryable, delivery: NewDelivery): Promise<boolean> {
  const { orderId, trackingCode, days, stepSeconds } = delivery
  return (await tx.count(insert, [orderId, trackingCode, days, stepSeconds])) === 1
}

export async function deliveriesOf(db: Queryable, orderIds: readonly string[]): Promise<Map<string, Delivery>> {
  const rows = await db.rows<Delivery>(ofOrders, [orderIds])
  return new Map(rows.map((row) => [row.orderId, row]))
}

export async function markDelivery(
  tx: Queryable,
  orderId: string,
  status: Delivery['status'],
  stepSeconds = 0,
): Promise<void> {
  await tx.count(step, [orderId, status, stepSeconds])
}
