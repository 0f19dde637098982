import { Problem } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { type Counter, countAttempt, counter, networkOf, refuseOverLimit } from '../limits/limit.ts'
import { forgetAttempts } from '../limits/repository.ts'
import { normaliseEmail } from '../users/email.ts'
import type { UserWithPassword } from '../users/entity.ts'
import { findUserByEmail, replacePasswordHash } from '../users/repository.ts'
import type { Grant } from './entity.ts'
import { grant } from './grant.ts'
import { newRefreshToken, refreshTokenHash } from './refresh-token.ts'
import { openSession } from './repository.ts'

/**
 * Failures only. The owner of an account that somebody guesses at from elsewhere still gets in: no counter
 * belongs to the account alone (ASVS 5.0, 6.1.1 and 6.3.1).
 */
const accountLimit = { name: 'login-account', most: 10, seconds: 300 }
/** A classroom shares an address, and mistypes. */
const addressLimit = { name: 'login-address', most: 100, seconds: 300 }

export interface Credentials {
  email: string
  password: string
}

/** The same for an unknown address, a wrong password and a closed account: nobody learns who has one (ASVS 5.0, 6.3.8). */
const refused = () => new Problem(401, 'invalid-credentials', 'E-mail or password is wrong')

/**
 * Opens a session. Known or not, an address takes the same statements and one password hash.
 * @throws Problem 401 `invalid-credentials`, 429 after too many failures, 503 `busy`.
 */
export async function login(context: AuthContext, { email, password }: Credentials, caller: Caller): Promise<Grant> {
  const { db, hasher, metrics } = context
  const address = normaliseEmail(email) ?? email
  const account = counter(accountLimit, address.toLowerCase(), networkOf(caller.address))
  const counters = [account, counter(addressLimit, networkOf(caller.address))]
  await refuseGuessing(context, counters)
  const user = await findUserByEmail(db, address)
  const proven = await hasher.verify(user?.passwordHash, password, caller.signal)
  // Guesses that were sent at once all passed the first look; what they found out is not told past the limit.
  await refuseGuessing(context, counters)
  if (!proven || !user) {
    await countAttempt(db, counters)
    metrics.logins.inc({ outcome: 'failed' })
    throw refused()
  }
  return open(context, user, password, account, caller)
}

async function refuseGuessing({ db, metrics }: AuthContext, counters: readonly Counter[]): Promise<void> {
  try {
    await refuseOverLimit(db, counters, 'Too many log-ins have failed. Wait before you try again.')
  } catch (error) {
    if (error instanceof Problem && error.status === 429) metrics.logins.inc({ outcome: 'limited' })
    throw error
  }
}

async function open(
  context: AuthContext,
  user: UserWithPassword,
  password: string,
  account: Counter,
  { signal }: Caller,
): Promise<Grant> {
  const { db, hasher, metrics } = context
  const refreshToken = newRefreshToken()
  const id = await openSession(db, user.id, refreshTokenHash(refreshToken))
  if (id === undefined) throw refused()
  await forgetAttempts(db, account.key)
  if (hasher.isOutdated(user.passwordHash)) {
    await replacePasswordHash(db, user.id, user.passwordHash, await hasher.hash(password, signal))
  }
  metrics.logins.inc({ outcome: 'ok' })
  return grant(context, { id, user }, refreshToken)
}
