import { type Queryable, statement } from '../../kit/database.ts'
import type { TimelineEntry, TimelineEvent } from '../entities/timeline.ts'

const insert = statement('event-insert', 'insert into order_events (order_id, event, detail) values ($1, $2, $3)')
const insertOnce = statement(
  'event-insert-once',
  `insert into order_events (order_id, event) select $1, $2
   where $2 is distinct from (select event from order_events where order_id = $1 order by id desc limit 1)`,
)
const ofOrders = statement(
  'events-of-orders',
  'select order_id as "orderId", at, event, detail from order_events where order_id = any($1) order by id',
)

/** Writes what happened, in the transaction in which it happens. */
export async function record(tx: Queryable, orderId: string, event: TimelineEvent, detail?: string): Promise<void> {
  await tx.count(insert, [orderId, event, detail ?? null])
}

/** As `record`, unless it is the last thing that was written of an order that the transaction holds. */
export async function recordOnce(tx: Queryable, orderId: string, event: TimelineEvent): Promise<void> {
  await tx.count(insertOnce, [orderId, event])
}

export async function timelinesOf(db: Queryable, orderIds: readonly string[]): Promise<Map<string, TimelineEntry[]>> {
  const found = new Map<string, TimelineEntry[]>(orderIds.map((id) => [id, []]))
  for (const { orderId, ...entry } of await db.rows<TimelineEntry & { orderId: string }>(ofOrders, [orderIds]))
    found.get(orderId)?.push(entry)
  return found
}
