import { type Queryable, statement } from '../../kit/database.ts'

/** One number for all who write or clear away covers. */
const lockKey = 7_130_001

const share = statement('cover-share', `select pg_advisory_xact_lock_shared(${lockKey})`)
const own = statement('cover-own', `select pg_try_advisory_xact_lock(${lockKey}) as taken`)
const used = statement(
  'cover-used',
  `select distinct cover ->> 'id' as id from books where withdrawn_at is null and cover ->> 'id' = any($1::text[])`,
)

/** Until the end of the transaction no file is cleared away. */
export async function holdCovers(tx: Queryable): Promise<void> {
  await tx.count(share)
}

/** Until the end of the transaction nobody gives a book a cover; false when somebody is doing so. */
export async function mayClearCovers(tx: Queryable): Promise<boolean> {
  return (await tx.row<{ taken: boolean }>(own))?.taken === true
}

/** Those of the covers that a book shows, paused or not. */
export async function coversInUse(tx: Queryable, ids: readonly string[]): Promise<Set<string>> {
  return new Set((await tx.rows<{ id: string }>(used, [ids])).map((row) => row.id))
}
