import { type Queryable, statement } from '../../kit/database.ts'
import type { Payment } from '../entities/payment.ts'

const columns = 'id, order_id as "orderId", method, token, amount, currency, status, reason'

const insert = statement(
  'payment-insert',
  `insert into payments (id, order_id, method, token, amount, currency, status, check_at)
   values ($1, $2, 'card', $3, $4, $5, 'started', now() + $6 * interval '1 millisecond')`,
)
const adopt = statement(
  'payment-adopt',
  `insert into payments (id, order_id, method, amount, currency, status, check_at)
   values ($1, $2, 'card', $3, $4, 'started', now()) on conflict do nothing`,
)
const byId = statement('payment-by-id', `select ${columns} from payments where id = $1`)
const lock = statement('payment-lock', `select ${columns} from payments where id = $1 for update`)
const latest = statement(
  'payments-latest',
  `select distinct on (order_id) ${columns} from payments where order_id = any($1) order by order_id, created_at desc`,
)
const ofOrder = statement(
  'payments-of-order',
  `select ${columns} from payments where order_id = $1 order by created_at`,
)
const settle = statement(
  'payment-settle',
  'update payments set status = $2, reason = $3, token = null, settled_at = clock_timestamp() where id = $1',
)
const due = statement(
  'payments-due',
  `update payments set checks = checks + 1, check_at = now() + least(60, power(2, least(checks, 6))) * interval '1 second'
   where id in (select id from payments where status = 'started' and check_at <= now()
                order by check_at for update skip locked limit 10) returning ${columns}`,
)
const checkIn = statement(
  'payment-check-in',
  `update payments set check_at = now() + $2 * interval '1 millisecond' where id = $1 and status = 'started' and checks = 0`,
)

type Row = Omit<Payment, 'amount'> & { amount: string }
const toPayment = (row: Row): Payment => ({ ...row, amount: Number(row.amount) })

export interface NewPayment {
  id: string
  orderId: string
  token: string
  amount: number
  currency: string
}

/** Starts a payment; a worker asks what became of it after `checkInMs`. The database refuses a second live one of an order. */
export async function insertPayment(tx: Queryable, payment: NewPayment, checkInMs: number): Promise<void> {
  const { id, orderId, token, amount, currency } = payment
  await tx.count(insert, [id, orderId, token, amount, currency, checkInMs])
}

/** Takes up a charge that the processor knows of and we do not (after a restore). False when it cannot be ours. */
export async function adoptPayment(tx: Queryable, payment: Omit<NewPayment, 'token'>): Promise<boolean> {
  const { id, orderId, amount, currency } = payment
  return (await tx.count(adopt, [id, orderId, amount, currency])) === 1
}

export async function findPayment(db: Queryable, id: string): Promise<Payment | undefined> {
  const row = await db.row<Row>(byId, [id])
  return row && toPayment(row)
}

/** The order of the payment is locked before. */
export async function lockPayment(tx: Queryable, id: string): Promise<Payment | undefined> {
  const row = await tx.row<Row>(lock, [id])
  return row && toPayment(row)
}

/** The latest payment of each order that has one. */
export async function latestPayments(db: Queryable, orderIds: readonly string[]): Promise<Map<string, Payment>> {
  const rows = await db.rows<Row>(latest, [orderIds])
  return new Map(rows.map((row) => [row.orderId, toPayment(row)]))
}

export async function paymentsOf(db: Queryable, orderId: string): Promise<Payment[]> {
  return (await db.rows<Row>(ofOrder, [orderId])).map(toPayment)
}

export async function markPayment(
  tx: Queryable,
  id: string,
  status: Exclude<Payment['status'], 'started'>,
  reason: string | null = null,
): Promise<void> {
  await tx.count(settle, [id, status, reason])
}

/** Payments whose outcome is to be asked for now. Each goes to one asker, and comes up again later, less and less often. */
export async function takeDuePayments(db: Queryable): Promise<Payment[]> {
  return (await db.rows<Row>(due)).map(toPayment)
}

/** Brings the first question of a worker forward; later ones keep their growing distance. */
export async function checkPaymentIn(db: Queryable, id: string, ms: number): Promise<void> {
  await db.count(checkIn, [id, ms])
}
