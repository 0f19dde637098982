import { type Queryable, statement } from '../../kit/database.ts'
import { keyLifetimeDays, type StoredKey, shownAfterMinutes, shownBeforeHours } from './entity.ts'

const columns = `kid, public_jwk as "publicJwk", sealed, sealed_with as "sealedWith",
  signs_from as "signsFrom", signs_until as "signsUntil"`

/** One process at a time decides whether a key is missing; two that start together make one key. */
const lock = statement('keys-lock', `select pg_advisory_xact_lock(hashtextextended('signing-keys', 0))`)
const list = statement(
  'keys-list',
  `select ${columns} from signing_keys
   where signs_until > now() - interval '${shownAfterMinutes} minutes' order by signs_from desc`,
)
const lastEnd = statement(
  'keys-last-end',
  `select max(signs_until) as "signsUntil",
     coalesce(max(signs_until) > now() + interval '${shownBeforeHours} hours', false) as "lasts"
   from signing_keys where sealed_with = $1`,
)
const insert = statement(
  'keys-insert',
  `insert into signing_keys (kid, public_jwk, sealed, sealed_with, signs_from, signs_until)
   select $1, $2, $3, $4, s.start, s.start + interval '${keyLifetimeDays} days'
   from (select greatest($5::timestamptz, now()) as start) s`,
)
const purge = statement('keys-purge', `delete from signing_keys where signs_until < now() - interval '30 days'`)

export async function lockKeys(tx: Queryable): Promise<void> {
  await tx.count(lock)
}

/** Every key that verifiers still need, the newest first. */
export function listKeys(db: Queryable): Promise<StoredKey[]> {
  return db.rows<StoredKey>(list)
}

/** When the last key of this seal stops signing, and whether that is far enough away. */
export async function lastKeyEnd(
  tx: Queryable,
  sealName: string,
): Promise<{ signsUntil: Date | null; lasts: boolean }> {
  const row = await tx.row<{ signsUntil: Date | null; lasts: boolean }>(lastEnd, [sealName])
  return row ?? { signsUntil: null, lasts: false }
}

/** Adds a key that signs from `signsFrom`, or from now where that is past or null. */
export async function insertKey(
  tx: Queryable,
  key: Pick<StoredKey, 'kid' | 'publicJwk' | 'sealed' | 'sealedWith'>,
  signsFrom: Date | null,
): Promise<void> {
  await tx.count(insert, [key.kid, JSON.stringify(key.publicJwk), key.sealed, key.sealedWith, signsFrom])
}

/** Deletes keys that nobody needs any more. */
export function purgeKeys(db: Queryable): Promise<number> {
  return db.count(purge)
}
