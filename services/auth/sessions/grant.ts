import type { AuthContext } from '../context.ts'
import { toUser, type User } from '../users/entity.ts'
import { signAccessToken } from './access-token.ts'
import { accessTokenSeconds, type Grant } from './entity.ts'

/** The answer to a log-in or refresh. @throws Problem 503 while there is no key to sign with. */
export async function grant(
  { keys, issuer }: Pick<AuthContext, 'keys' | 'issuer'>,
  session: { id: string; user: User },
  refreshToken: string,
): Promise<Grant> {
  const user = toUser(session.user)
  const accessToken = await signAccessToken(await keys.signer(), issuer, session.id, user)
  return { accessToken, refreshToken, expiresIn: accessTokenSeconds, user }
}
