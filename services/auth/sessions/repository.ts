import { type Queryable, statement } from '../../kit/database.ts'
import type { User, UserWithPassword } from '../users/entity.ts'
import { absoluteDays, idleDays, mostListed, revokedShownSeconds, type Session } from './entity.ts'

const open = statement(
  'sessions-open',
  `with session as (
     insert into sessions (user_id, expires_at, agent)
     select id, now() + interval '${idleDays} days', $4 from users
     where id = $1 and password_version = $3 and closed_at is null
     -- A closing account, or a change of the password, is waited for: no session may be missed.
     for share
     returning id)
   , token as (insert into refresh_tokens (hash, session_id) select $2, id from session)
   select id from session`,
)
/** Locks the session: whoever shows a token of the same family waits here. */
const lockByToken = statement(
  'sessions-lock-by-token',
  `select s.id, s.revoked_at is null and s.expires_at > now() as live, u.id as "userId", u.email, u.name, u.roles, u.language
   from refresh_tokens t join sessions s on s.id = t.session_id join users u on u.id = s.user_id
   where t.hash = $1 for update of s`,
)
/** A statement of its own, after the lock: it must see what the one before us did. */
const tokenState = statement(
  'sessions-token-state',
  `select t.used_at is not null as used, n.used_at is not null as "successorUsed", n.hash is not null as "hasSuccessor"
   from refresh_tokens t left join refresh_tokens n on n.hash = $2 where t.hash = $1`,
)
const rotate = statement(
  'sessions-rotate',
  `with used as (update refresh_tokens set used_at = now() where hash = $1 returning session_id)
   , successor as (insert into refresh_tokens (hash, session_id) select $2, session_id from used)
   update sessions set last_used_at = now(), expires_at =
     least(created_at + interval '${absoluteDays} days', now() + interval '${idleDays} days')
   where id = (select session_id from used)`,
)
const revoke = statement(
  'sessions-revoke',
  `update sessions set revoked_at = now(), agent = '' where id = $1 and revoked_at is null`,
)
const revokeAll = statement(
  'sessions-revoke-all',
  `update sessions set revoked_at = now(), agent = '' where user_id = $1 and revoked_at is null`,
)
const revokeOthers = statement(
  'sessions-revoke-others',
  `update sessions set revoked_at = now(), agent = '' where user_id = $1 and id <> $2 and revoked_at is null`,
)
const revokeOwn = statement(
  'sessions-revoke-own',
  `update sessions set revoked_at = coalesce(revoked_at, now()), agent = '' where id = $1 and user_id = $2`,
)
const listLive = statement(
  'sessions-list-live',
  `select id, created_at as "createdAt", last_used_at as "lastUsedAt", agent from sessions
   where user_id = $1 and revoked_at is null and expires_at > now()
   order by created_at desc, id limit ${mostListed}`,
)
const isLive = statement(
  'sessions-is-live',
  'select revoked_at is null and expires_at > now() as live from sessions where id = $1',
)
const listRevoked = statement(
  'sessions-list-revoked',
  `select id from sessions where revoked_at > now() - interval '${revokedShownSeconds} seconds'`,
)
const purgeSessions = statement(
  'sessions-purge',
  `delete from sessions where id in (
     select id from sessions where expires_at < now() - interval '1 day' or revoked_at < now() - interval '1 day' limit $1)`,
)
const purgeTokens = statement(
  'sessions-purge-tokens',
  `delete from refresh_tokens where hash in (
     select hash from refresh_tokens where created_at < now() - interval '${idleDays} days' and used_at is not null limit $1)`,
)

export interface Opening {
  user: Pick<UserWithPassword, 'id' | 'passwordVersion'>
  tokenHash: Buffer
  agent: string
}

/**
 * Opens a session with its first refresh token. Undefined when the account was closed in the meantime, or its password
 * is no longer the one that was proven.
 */
export async function openSession(db: Queryable, { user, tokenHash, agent }: Opening): Promise<string | undefined> {
  return (await db.row<{ id: string }>(open, [user.id, tokenHash, user.passwordVersion, agent]))?.id
}

export interface LockedSession {
  id: string
  live: boolean
  user: User
}

/** The session of a refresh token, locked until `tx` ends, and its user as they are now. Undefined for a token that we do not know. */
export async function lockSession(tx: Queryable, tokenHash: Buffer): Promise<LockedSession | undefined> {
  const row = await tx.row<{ id: string; live: boolean; userId: string } & Omit<User, 'id'>>(lockByToken, [tokenHash])
  if (!row) return undefined
  const { id, live, userId, ...user } = row
  return { id, live, user: { id: userId, ...user } }
}

export interface TokenState {
  used: boolean
  hasSuccessor: boolean
  successorUsed: boolean
}

/** To be asked while the session is locked. */
export async function refreshTokenState(tx: Queryable, hash: Buffer, successorHash: Buffer): Promise<TokenState> {
  const state = await tx.row<TokenState>(tokenState, [hash, successorHash])
  return state ?? { used: true, hasSuccessor: false, successorUsed: false }
}

/** Marks a token as used, adds its successor, notes the session's use, and moves its end. */
export async function rotateRefreshToken(tx: Queryable, hash: Buffer, successorHash: Buffer): Promise<void> {
  await tx.count(rotate, [hash, successorHash])
}

/** Ends a session, now and for everybody. Ending it again does nothing. */
export async function revokeSession(db: Queryable, id: string): Promise<void> {
  await db.count(revoke, [id])
}

export async function revokeSessionsOf(db: Queryable, userId: string): Promise<void> {
  await db.count(revokeAll, [userId])
}

/** Ends every session of a user but `keptId`. */
export async function revokeOtherSessions(db: Queryable, userId: string, keptId: string): Promise<void> {
  await db.count(revokeOthers, [userId, keptId])
}

/** Ends a session if it is the user's, ended before or not. False for one that is not theirs, or no more known. */
export async function revokeOwnSession(db: Queryable, id: string, userId: string): Promise<boolean> {
  return (await db.count(revokeOwn, [id, userId])) > 0
}

/** The user's sessions that stand, the newest first, `mostListed` at most. */
export function listLiveSessions(db: Queryable, userId: string): Promise<Session[]> {
  return db.rows<Session>(listLive, [userId])
}

/** Undefined for a session that is none of ours. */
export async function isSessionLive(db: Queryable, id: string): Promise<boolean | undefined> {
  return (await db.row<{ live: boolean }>(isLive, [id]))?.live
}

/** Ids of the revoked sessions whose access tokens may not have expired yet. */
export async function listRevokedSessions(db: Queryable): Promise<string[]> {
  return (await db.rows<{ id: string }>(listRevoked)).map(({ id }) => id)
}

/** Deletes at most `limit` sessions that ended more than a day ago, with their tokens. */
export function purgeEndedSessions(db: Queryable, limit: number): Promise<number> {
  return db.count(purgeSessions, [limit])
}

/** Deletes at most `limit` used tokens that have become so old that nobody holds them any more. */
export function purgeUsedTokens(db: Queryable, limit: number): Promise<number> {
  return db.count(purgeTokens, [limit])
}
