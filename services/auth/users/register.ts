import { Problem } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { type Counter, countAttempt, counter, networkOf, refuseOverLimit } from '../limits/limit.ts'
import { refuseWeak } from '../passwords/rules.ts'
import { type Language, toUser, type User } from './entity.ts'
import { insertUser, isEmailTaken } from './repository.ts'

/**
 * Whoever asks for taken addresses learns who has an account here. Conflicts alone are counted, so that a classroom
 * registers from one address; past the limit nothing is registered from there, or the refusal itself would tell.
 */
const conflictLimit = { name: 'register-conflicts', most: 30, seconds: 600 }

export interface NewUser {
  /** Both normalised. */
  email: string
  name: string
  password: string
  language?: Language | undefined
}

/** @throws Problem 409 `email-taken`, 422 `weak-password`, 429, 503 `busy`. */
export async function register(context: AuthContext, given: NewUser, caller: Caller): Promise<User> {
  const { db, hasher, metrics } = context
  refuseWeak('password', given.password, given)
  const conflicts = counter(conflictLimit, networkOf(caller.address))
  await refuseOverLimit(db, [conflicts], 'Too many registrations have failed. Wait before you try again.')
  if (await isEmailTaken(db, given.email)) return refuseTaken(context, conflicts)
  const passwordHash = await hasher.hash(given.password, caller)
  const user = await insertUser(db, { ...given, passwordHash })
  if (!user) return refuseTaken(context, conflicts)
  metrics.registrations.inc({ outcome: 'done' })
  return toUser(user)
}

async function refuseTaken({ db, metrics }: AuthContext, conflicts: Counter): Promise<never> {
  await countAttempt(db, [conflicts])
  metrics.registrations.inc({ outcome: 'taken' })
  throw new Problem(409, 'email-taken', 'There is an account with this e-mail', {
    detail: 'Log in, or use another address.',
    errors: [{ field: 'email', message: 'Already in use' }],
  })
}
