import { type Queryable, statement } from '../kit/database.ts'
import type { Charge } from './entities.ts'

const columns = 'key, id, amount, currency, token, reference, status, reason, created_at as "createdAt"'

const insert = statement(
  'charge-insert',
  `insert into charges (key, id, amount, currency, token, reference, status, reason)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (key) do nothing`,
)
const byKey = statement('charge-by-key', `select ${columns} from charges where key = $1`)
const page = statement(
  'charge-page',
  `select ${columns} from charges where ($1::text is null or reference = $1)
   and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid)) order by created_at, id limit $4`,
)
const refund = statement(
  'charge-refund',
  `update charges set status = 'refunded', refunded_at = now() where key = $1 and status = 'succeeded'`,
)
const ledger = statement(
  'charge-ledger',
  `select count(*)::int as charges,
          coalesce(sum(amount) filter (where status <> 'declined'), 0)::bigint as charged,
          coalesce(sum(amount) filter (where status = 'refunded'), 0)::bigint as refunded
   from charges where currency = $1 and ($2::text is null or reference = $2)`,
)

type Row = Omit<Charge, 'amount'> & { amount: string }
const toCharge = (row: Row): Charge => ({ ...row, amount: Number(row.amount) })

/** False when the key has a charge already. */
export async function insertCharge(tx: Queryable, charge: Omit<Charge, 'createdAt'>): Promise<boolean> {
  const { key, id, amount, currency, token, reference, status, reason } = charge
  return (await tx.count(insert, [key, id, amount, currency, token, reference, status, reason])) === 1
}

export async function findCharge(db: Queryable, key: string): Promise<Charge | undefined> {
  const row = await db.row<Row>(byKey, [key])
  return row && toCharge(row)
}

/** Oldest first, after a place; `limit + 1` rows tell whether there are more. */
export async function listCharges(
  db: Queryable,
  filter: { reference?: string | undefined; after?: readonly [string, string] | undefined; limit: number },
): Promise<Charge[]> {
  const [at = null, id = null] = filter.after ?? []
  return (await db.rows<Row>(page, [filter.reference ?? null, at, id, filter.limit])).map(toCharge)
}

/** True for the one call that gave the money back. */
export async function refundCharge(tx: Queryable, key: string): Promise<boolean> {
  return (await tx.count(refund, [key])) === 1
}

export interface Ledger {
  charges: number
  /** Minor units. */
  charged: number
  refunded: number
}

export async function readLedger(db: Queryable, currency: string, reference: string | undefined): Promise<Ledger> {
  const row = await db.row<{ charges: number; charged: string; refunded: string }>(ledger, [
    currency,
    reference ?? null,
  ])
  return { charges: row?.charges ?? 0, charged: Number(row?.charged ?? 0), refunded: Number(row?.refunded ?? 0) }
}
