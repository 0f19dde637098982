import { type Queryable, statement } from '../../kit/database.ts'
import type { User, UserWithPassword } from './entity.ts'

const columns = 'id, email, name, roles'

const insert = statement(
  'users-insert',
  `insert into users (email, name, password_hash) values ($1, $2, $3)
   on conflict ((lower(email))) do nothing returning ${columns}`,
)
const isTaken = statement('users-is-taken', 'select 1 from users where lower(email) = lower($1)')
const findByEmail = statement(
  'users-find-by-email',
  `select ${columns}, password_hash as "passwordHash" from users where lower(email) = lower($1)`,
)
const findById = statement('users-find-by-id', `select ${columns} from users where id = $1 and closed_at is null`)
const replaceHash = statement(
  'users-replace-hash',
  'update users set password_hash = $3 where id = $1 and password_hash = $2',
)
const close = statement(
  'users-close',
  `update users set email = null, name = '', password_hash = null, roles = '{}', closed_at = now()
   where id = $1 and closed_at is null`,
)
const purge = statement(
  'users-purge',
  `delete from users where id in (
     select id from users u where closed_at < now() - interval '1 day'
       and not exists (select 1 from sessions s where s.user_id = u.id) limit $1)`,
)

/** The new user, or undefined when the address belongs to somebody. */
export function insertUser(
  db: Queryable,
  email: string,
  name: string,
  passwordHash: string,
): Promise<User | undefined> {
  return db.row<User>(insert, [email, name, passwordHash])
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

/** Puts a hash with other parameters in the place of the one that was just verified; does nothing if it has changed since. */
export async function replacePasswordHash(db: Queryable, id: string, old: string, fresh: string): Promise<void> {
  await db.count(replaceHash, [id, old, fresh])
}

/** Forgets who the user was. False when somebody did it before. */
export async function closeUser(db: Queryable, id: string): Promise<boolean> {
  return (await db.count(close, [id])) > 0
}

/** Deletes at most `limit` closed accounts without a session. */
export function purgeClosedUsers(db: Queryable, limit: number): Promise<number> {
  return db.count(purge, [limit])
}
