import { type Queryable, statement } from '../../kit/database.ts'
import type { Language, User, UserWithPassword } from './entity.ts'

const columns = 'id, email, name, roles, language'
const withPassword = `${columns}, password_hash as "passwordHash", password_version as "passwordVersion"`

const insert = statement(
  'users-insert',
  `insert into users (email, name, password_hash, language) values ($1, $2, $3, $4)
   on conflict ((lower(email))) do nothing returning ${columns}`,
)
const isTaken = statement('users-is-taken', 'select 1 from users where lower(email) = lower($1)')
const findByEmail = statement('users-find-by-email', `select ${withPassword} from users where lower(email) = lower($1)`)
const findWithPassword = statement(
  'users-find-with-password',
  `select ${withPassword} from users where id = $1 and closed_at is null`,
)
const findById = statement('users-find-by-id', `select ${columns} from users where id = $1 and closed_at is null`)
const replaceHash = statement(
  'users-replace-hash',
  'update users set password_hash = $3 where id = $1 and password_hash = $2',
)
const change = statement(
  'users-change',
  `update users set name = coalesce($2, name), language = coalesce($3, language)
   where id = $1 and closed_at is null returning ${columns}`,
)
const changePassword = statement(
  'users-change-password',
  `update users set password_hash = $3, password_version = password_version + 1
   where id = $1 and password_version = $2 and closed_at is null`,
)
const clock = statement('users-clock', 'select clock_timestamp() as at')
const lockOpen = statement('users-lock-open', 'select 1 from users where id = $1 and closed_at is null for update')
const close = statement(
  'users-close',
  `update users
   set email = null, name = '', password_hash = null, roles = '{}', language = null, closed_at = now()
   where id = $1 and closed_at is null and clock_timestamp() < $2`,
)
const purge = statement(
  'users-purge',
  `delete from users where id in (
     select id from users u where closed_at < now() - interval '1 day'
       and not exists (select 1 from sessions s where s.user_id = u.id) limit $1)`,
)

export interface UserRow {
  email: string
  name: string
  passwordHash: string
  language?: Language | undefined
}

/** The new user, or undefined when the address belongs to somebody. */
export function insertUser(db: Queryable, { email, name, passwordHash, language }: UserRow): Promise<User | undefined> {
  return db.row<User>(insert, [email, name, passwordHash, language ?? null])
}

export async function isEmailTaken(db: Queryable, email: string): Promise<boolean> {
  return (await db.row(isTaken, [email])) !== undefined
}

/** Whoever has this address, whatever its case. */
export function findUserByEmail(db: Queryable, email: string): Promise<UserWithPassword | undefined> {
  return db.row<UserWithPassword>(findByEmail, [email])
}

/** Undefined for an account that is closed as well. */
export function findUser(db: Queryable, id: string): Promise<User | undefined> {
  return db.row<User>(findById, [id])
}

/** Undefined for an account that is closed as well. */
export function findUserWithPassword(db: Queryable, id: string): Promise<UserWithPassword | undefined> {
  return db.row<UserWithPassword>(findWithPassword, [id])
}

/** What a user may change about themselves; what is left out stays. */
export interface UserChange {
  name?: string | undefined
  language?: Language | undefined
}

/** The user as they are now, or undefined when the account is closed. */
export function changeUser(db: Queryable, id: string, { name, language }: UserChange): Promise<User | undefined> {
  return db.row<User>(change, [id, name ?? null, language ?? null])
}

/** Replaces the password that was proven. False when it has been changed since, or the account closed. */
export async function changePasswordHash(
  db: Queryable,
  { id, passwordVersion }: Pick<UserWithPassword, 'id' | 'passwordVersion'>,
  fresh: string,
): Promise<boolean> {
  return (await db.count(changePassword, [id, passwordVersion, fresh])) > 0
}

/** Puts a hash with other parameters in the place of the one that was just verified; does nothing if it has changed since. */
export async function replacePasswordHash(db: Queryable, id: string, old: string, fresh: string): Promise<void> {
  await db.count(replaceHash, [id, old, fresh])
}

/** The time as the database has it, which no pause of this process makes older than it is. */
export async function readClock(db: Queryable): Promise<Date> {
  const row = await db.row<{ at: Date }>(clock)
  if (!row) throw new Error('the database has no clock')
  return row.at
}

/** Whether the account is open; in a transaction it stays so until that ends. Waits for whoever is closing it. */
export async function lockOpenUser(tx: Queryable, id: string): Promise<boolean> {
  return (await tx.count(lockOpen, [id])) > 0
}

/** Forgets who the user was. False when somebody did it before, or when it is later than `until` by the database's clock. */
export async function closeUser(tx: Queryable, id: string, until: Date): Promise<boolean> {
  return (await tx.count(close, [id, until])) > 0
}

/** Deletes at most `limit` closed accounts without a session. */
export function purgeClosedUsers(db: Queryable, limit: number): Promise<number> {
  return db.count(purge, [limit])
}
