import type { Queryable } from '../../kit/database.ts'
import { Problem } from '../../kit/problem.ts'
import type { AuthContext } from '../context.ts'
import type { User } from '../users/entity.ts'
import { type Grant, sessionEnded } from './entity.ts'
import { grant } from './grant.ts'
import { isRefreshToken, refreshTokenHash, successorOf } from './refresh-token.ts'
import { lockSession, refreshTokenState, revokeSession, rotateRefreshToken } from './repository.ts'

type Outcome =
  | { kind: 'rotated' | 'repeated'; session: { id: string; user: User } }
  | { kind: 'reused' | 'ended' | 'unknown' }

const unknown = () => new Problem(401, 'invalid-refresh-token', 'The refresh token is not valid')

/**
 * Gives the token's one successor (RFC 9700, 4.14.2). Shown again before that successor was used - a lost answer, two
 * tabs, fifty requests at once - a token has the same successor; shown afterwards, it was copied, and its session ends.
 * @throws Problem 401 `session-ended` or `invalid-refresh-token`.
 */
export async function refresh(context: AuthContext, token: string): Promise<Grant> {
  const successor = successorOf(context.refreshKey, token)
  const outcome: Outcome = isRefreshToken(token)
    ? await context.db.transaction((tx) => rotate(tx, refreshTokenHash(token), refreshTokenHash(successor)))
    : { kind: 'unknown' }
  context.metrics.refreshes.inc({ outcome: outcome.kind })
  if ('session' in outcome) return grant(context, outcome.session, successor)
  throw outcome.kind === 'unknown' ? unknown() : sessionEnded()
}

/** Holds the session's lock, so that all instances see one order. The end of a family is committed, hence no throw here. */
async function rotate(tx: Queryable, hash: Buffer, successorHash: Buffer): Promise<Outcome> {
  const session = await lockSession(tx, hash)
  if (!session) return { kind: 'unknown' }
  if (!session.live) return { kind: 'ended' }
  const state = await refreshTokenState(tx, hash, successorHash)
  if (!state.used) {
    await rotateRefreshToken(tx, hash, successorHash)
    return { kind: 'rotated', session }
  }
  if (state.hasSuccessor && !state.successorUsed) return { kind: 'repeated', session }
  await revokeSession(tx, session.id)
  return { kind: 'reused' }
}
