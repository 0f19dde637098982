import { type Queryable, statement } from '../../kit/database.ts'

/** Whoever writes for an account shares its lock with all who do; whoever lets it go has the lock alone. */
const share = statement(
  'leaving-share',
  'select pg_advisory_xact_lock_shared(hashtextextended(id::text, 3)) from unnest($1::uuid[]) as given (id)',
)
const alone = statement('leaving-alone', 'select pg_advisory_xact_lock(hashtextextended($1, 3))')
const ofThese = statement(
  'leaving-of-these',
  `select user_id as id from closed_accounts where user_id = any($1)
   union select user_id from account_holds where user_id = any($1) and expires_at > clock_timestamp()`,
)
const hold = statement(
  'leaving-hold',
  `insert into account_holds (user_id, hold, expires_at) values ($1, $2, clock_timestamp() + $3 * interval '1 second')
   on conflict (user_id, hold) do update set expires_at = excluded.expires_at`,
)
const release = statement('leaving-release', 'delete from account_holds where user_id = $1 and hold = $2')
const close = statement(
  'leaving-close',
  `with released as (delete from account_holds where user_id = $1)
   insert into closed_accounts (user_id) values ($1) on conflict do nothing`,
)
const purge = statement('leaving-purge', `delete from account_holds where expires_at < now() - interval '1 hour'`)

/** Those of the accounts that are held or closed. None of the others comes to be so before the transaction ends. */
export async function leavingOf(tx: Queryable, userIds: readonly string[]): Promise<Set<string>> {
  await tx.rows(share, [userIds])
  return new Set((await tx.rows<{ id: string }>(ofThese, [userIds])).map(({ id }) => id))
}

/** Until the transaction ends nobody writes for this account; what was begun before is done. */
export async function lockAccount(tx: Queryable, userId: string): Promise<void> {
  await tx.rows(alone, [userId])
}

/** Asked again, it lasts from now. */
export async function insertHold(tx: Queryable, userId: string, id: string, seconds: number): Promise<void> {
  await tx.count(hold, [userId, id, seconds])
}

/** Ends that hold, and no other. */
export async function deleteHold(db: Queryable, userId: string, id: string): Promise<void> {
  await db.count(release, [userId, id])
}

/** The account is closed, for good. */
export async function markClosed(tx: Queryable, userId: string): Promise<void> {
  await tx.count(close, [userId])
}

/** Forgets holds that ended long ago. */
export const purgeHolds = (db: Queryable): Promise<number> => db.count(purge)
