import type { Principal } from '../../kit/endpoint.ts'
import { Problem } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { accountGuesses, addressGuesses, sessionGuesses } from '../limits/guesses.ts'
import { forgetAttempts } from '../limits/repository.ts'
import { provePassword } from '../passwords/prove.ts'
import { refuseWeak } from '../passwords/rules.ts'
import { sessionEnded } from '../sessions/entity.ts'
import { revokeOtherSessions } from '../sessions/repository.ts'
import type { UserWithPassword } from './entity.ts'
import { changePasswordHash, findUserWithPassword } from './repository.ts'

export interface PasswordChange {
  current: string
  new: string
}

const wrong = () =>
  new Problem(401, 'invalid-credentials', 'The current password is wrong', {
    errors: [{ field: 'current', message: 'Not the current password' }],
  })

/**
 * Replaces the caller's password and ends their other sessions, in one transaction; whoever logs in with the old one at
 * the same time is refused. Wrong passwords count as they do at a log-in, and for the session as well.
 * @throws Problem 401 `invalid-credentials`, 422 `weak-password`, 429 after too many failures, 503 `busy`.
 */
export async function changePassword(
  context: AuthContext,
  given: PasswordChange,
  { userId, sessionId }: Principal,
  caller: Caller,
): Promise<void> {
  const { db, hasher, metrics } = context
  const user = await findUserWithPassword(db, userId)
  if (!user) throw sessionEnded()
  refuseWeak('new', given.new, user)
  const own = [accountGuesses(user.email, caller.address), sessionGuesses(sessionId)]
  const guess = {
    passwordHash: user.passwordHash,
    password: given.current,
    counters: [...own, addressGuesses(caller.address)],
    metric: metrics.passwordChanges,
  }
  if (!(await provePassword(context, guess, caller))) throw wrong()
  await replace(context, user, await hasher.hash(given.new, caller), sessionId)
  for (const { key } of own) await forgetAttempts(db, key)
  metrics.passwordChanges.inc({ outcome: 'done' })
}

/** The user's row first, as a log-in takes it: a session opened before is seen by the second statement, a later one is not opened. */
async function replace(
  { db }: AuthContext,
  user: UserWithPassword,
  passwordHash: string,
  sessionId: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await changePasswordHash(tx, user, passwordHash))) throw wrong()
    await revokeOtherSessions(tx, user.id, sessionId)
  })
}
