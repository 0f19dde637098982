import { SignJWT } from 'jose'
import { tokenAlgorithm, tokenAudience } from '../../kit/guard.ts'
import type { Signer } from '../keys/entity.ts'
import type { User } from '../users/entity.ts'
import { accessTokenSeconds } from './entity.ts'

/** A signed access token (RFC 9068 form) with the claims of docs/decisions/0003-between-services.md. */
export function signAccessToken(signer: Signer, issuer: string, sessionId: string, user: User): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000)
  return new SignJWT({ sid: sessionId, email: user.email, name: user.name, roles: user.roles })
    .setProtectedHeader({ alg: tokenAlgorithm, kid: signer.kid, typ: 'at+jwt' })
    .setSubject(user.id)
    .setIssuer(issuer)
    .setAudience(tokenAudience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenSeconds)
    .sign(signer.privateKey)
}
