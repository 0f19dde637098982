import { Problem } from '../../kit/problem.ts'
import type { AuthContext, Caller } from '../context.ts'
import { accountGuesses, addressGuesses } from '../limits/guesses.ts'
import { forgetAttempts } from '../limits/repository.ts'
import { provePassword } from '../passwords/prove.ts'
import { normaliseEmail } from '../users/email.ts'
import type { UserWithPassword } from '../users/entity.ts'
import { findUserByEmail, replacePasswordHash } from '../users/repository.ts'
import type { Grant } from './entity.ts'
import { grant } from './grant.ts'
import { newRefreshToken, refreshTokenHash } from './refresh-token.ts'
import { openSession } from './repository.ts'

export interface Login {
  email: string
  password: string
  /** What the session's owner recognises it by; see `agentOf`. */
  agent: string
}

/** The same for an unknown address, a wrong password and a closed account: nobody learns who has one (ASVS 5.0, 6.3.8). */
const refused = () => new Problem(401, 'invalid-credentials', 'E-mail or password is wrong')

/**
 * Opens a session. Known or not, an address takes the same statements and one password hash.
 * @throws Problem 401 `invalid-credentials`, 429 after too many failures, 503 `busy`.
 */
export async function login(context: AuthContext, given: Login, caller: Caller): Promise<Grant> {
  const { db, metrics } = context
  const address = normaliseEmail(given.email) ?? given.email
  const account = accountGuesses(address, caller.address)
  const user = await findUserByEmail(db, address)
  const guess = {
    passwordHash: user?.passwordHash,
    password: given.password,
    counters: [account, addressGuesses(caller.address)],
    metric: metrics.logins,
  }
  if (!(await provePassword(context, guess, caller)) || !user) throw refused()
  const session = await open(context, user, given.agent)
  await forgetAttempts(db, account.key)
  await renewHash(context, user, given.password, caller)
  metrics.logins.inc({ outcome: 'ok' })
  return grant(context, session, session.refreshToken)
}

async function open({ db }: AuthContext, user: UserWithPassword, agent: string) {
  const refreshToken = newRefreshToken()
  const id = await openSession(db, { user, tokenHash: refreshTokenHash(refreshToken), agent })
  if (id === undefined) throw refused()
  return { id, user, refreshToken }
}

/** Hashes the password anew if its hash has parameters of former times. */
async function renewHash({ db, hasher }: AuthContext, user: UserWithPassword, password: string, caller: Caller) {
  if (!hasher.isOutdated(user.passwordHash)) return
  await replacePasswordHash(db, user.id, user.passwordHash, await hasher.hash(password, caller))
}
