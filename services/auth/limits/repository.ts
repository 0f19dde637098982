import { type Queryable, statement } from '../../kit/database.ts'

const find = statement(
  'attempts-find',
  `select key, count, extract(epoch from ends_at - now())::float as seconds
   from attempts where key = any($1::text[]) and ends_at > now()`,
)
/** Sorted, so that two statements about the same keys never wait for each other in a circle. */
const add = statement(
  'attempts-add',
  `insert into attempts (key, count, ends_at)
   select key, 1, now() + seconds * interval '1 second'
   from unnest($1::text[], $2::int[]) as given (key, seconds) order by key
   on conflict (key) do update set
     count = case when attempts.ends_at > now() then attempts.count + 1 else 1 end,
     ends_at = case when attempts.ends_at > now() then attempts.ends_at else excluded.ends_at end`,
)
const forget = statement('attempts-forget', 'delete from attempts where key = $1')
const purge = statement(
  'attempts-purge',
  'delete from attempts where key in (select key from attempts where ends_at < now() limit $1)',
)

/** Attempts in the window that is open, and the seconds until it closes. */
export interface AttemptCount {
  key: string
  count: number
  seconds: number
}

export function findAttempts(db: Queryable, keys: readonly string[]): Promise<AttemptCount[]> {
  return db.rows<AttemptCount>(find, [keys])
}

/** Counts one for each key, opening its window where none is open. */
export async function addAttempt(db: Queryable, windows: readonly { key: string; seconds: number }[]): Promise<void> {
  await db.count(add, [windows.map(({ key }) => key), windows.map(({ seconds }) => seconds)])
}

export async function forgetAttempts(db: Queryable, key: string): Promise<void> {
  await db.count(forget, [key])
}

/** Deletes at most `limit` windows that have closed. */
export function purgeAttempts(db: Queryable, limit: number): Promise<number> {
  return db.count(purge, [limit])
}
