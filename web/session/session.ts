import { z } from 'zod'
import { type Api, ApiProblem } from '../gateway/api.ts'
import { refresh } from '../gateway/auth.ts'
import type { Tokens } from '../gateway/schemas.ts'
import { clearCookie, cookieOf, setCookie } from './cookies.ts'

/** Who visits. Name and id are shown only; what the visitor may do is decided by the services, from the token. */
export interface Session {
  userId: string
  name: string
  accessToken: string
}

const refreshDays = 30
/** The browser forgets an access token before the services do, so that none expires on its way. */
const earlySeconds = 15

const claims = z.object({ sub: z.string(), name: z.string().default('') })

/** Reads an access token's claims without verifying it: the services do that. */
function sessionOf(accessToken: string): Session | undefined {
  try {
    const payload = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const { sub, name } = claims.parse(payload)
    return { userId: sub, name, accessToken }
  } catch {
    return undefined
  }
}

export function sessionCookies(tokens: Tokens): string[] {
  return [
    setCookie('session', tokens.accessToken, tokens.expiresIn - earlySeconds),
    setCookie('refresh', tokens.refreshToken, refreshDays * 86_400),
  ]
}

export const noSessionCookies = (): string[] => [clearCookie('session'), clearCookie('refresh')]

export interface Resolved {
  session: Session | undefined
  /** Set-Cookie lines that the reply must carry. */
  cookies: string[]
  /** There was a session, and it is over. */
  ended: boolean
}

/**
 * The visitor's session from the cookies. An access token that is gone is fetched anew with the refresh token; when
 * that is refused the session is over. @throws ApiSilent when auth gives no answer: nobody is logged out by that.
 */
export async function resolveSession(cookies: ReadonlyMap<string, string>, api: Api): Promise<Resolved> {
  const accessToken = cookieOf(cookies, 'session')
  const session = accessToken ? sessionOf(accessToken) : undefined
  if (session) return { session, cookies: [], ended: false }
  const refreshToken = cookieOf(cookies, 'refresh')
  if (!refreshToken) return { session: undefined, cookies: [], ended: false }
  return renew(refreshToken, api)
}

async function renew(refreshToken: string, api: Api): Promise<Resolved> {
  try {
    const fresh = await refresh(api, refreshToken)
    return { session: sessionOf(fresh.accessToken), cookies: sessionCookies(fresh), ended: false }
  } catch (error) {
    const refused = error instanceof ApiProblem && error.status < 500 && error.status !== 429
    if (!refused) throw error
    return { session: undefined, cookies: noSessionCookies(), ended: true }
  }
}
