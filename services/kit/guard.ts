import { type CryptoKey, errors, importJWK, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Guard } from './app.ts'
import type { Client } from './client.ts'
import type { Principal } from './endpoint.ts'
import type { Readiness } from './health.ts'
import { Problem, unavailable } from './problem.ts'
import type { Worker } from './worker.ts'
import { pause } from './worker.ts'

/** Signature algorithm of access tokens; the only one accepted (RFC 8725, 3.1). */
export const tokenAlgorithm = 'ES256'
export const tokenAudience = 'bookstore'

export interface KeySource {
  /** The public key with this id, or undefined. */
  key(id: string): Promise<CryptoKey | undefined>
}

export interface Revocations {
  /** @throws Problem 503 when nobody can tell. */
  isRevoked(sessionId: string, signal: AbortSignal): Promise<boolean>
}

const claims = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
})

const unauthorized = (code: string, title: string) =>
  new Problem(401, code, title, { headers: { 'www-authenticate': 'Bearer' } })

function toPrincipal(payload: JWTPayload): Principal {
  const parsed = claims.safeParse(payload)
  if (!parsed.success) throw unauthorized('invalid-token', 'The access token is not valid')
  const { sub, sid, email, name, roles } = parsed.data
  return { userId: sub, sessionId: sid, email, name, roles }
}

/** Checks signature, issuer, audience and expiry of a Bearer token, then that its session still stands. */
export function createGuard(options: { keys: KeySource; revocations: Revocations; issuer: string }): Guard {
  const keyOf = async ({ kid }: JWTHeaderParameters): Promise<CryptoKey> => {
    const key = kid === undefined ? undefined : await options.keys.key(kid)
    if (!key) throw unauthorized('invalid-token', 'The access token is not valid')
    return key
  }
  const verify = async (token: string): Promise<JWTPayload> => {
    try {
      const accepted = { issuer: options.issuer, audience: tokenAudience, algorithms: [tokenAlgorithm] }
      return (await jwtVerify(token, keyOf, accepted)).payload
    } catch (error) {
      if (error instanceof Problem) throw error
      if (error instanceof errors.JWTExpired) throw unauthorized('token-expired', 'The access token has expired')
      throw unauthorized('invalid-token', 'The access token is not valid')
    }
  }
  return {
    authenticate: async (authorization, signal) => {
      const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1]
      if (token === undefined) throw unauthorized('unauthenticated', 'Log in first')
      const principal = toPrincipal(await verify(token))
      if (await options.revocations.isRevoked(principal.sessionId, signal))
        throw unauthorized('session-ended', 'This session has ended')
      return principal
    },
  }
}

const jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) })
const refetchAfterMs = 5_000

/** Auth's public keys over its internal socket. An unknown key id makes us ask again, at most every 5 s. */
export class RemoteKeys implements KeySource {
  readonly #auth: Client
  #keys = new Map<string, CryptoKey>()
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined

  constructor(auth: Client) {
    this.#auth = auth
  }

  async key(id: string): Promise<CryptoKey | undefined> {
    if (!this.#keys.has(id)) await this.#refresh()
    return this.#keys.get(id)
  }

  async #refresh(): Promise<void> {
    if (this.#keys.size > 0 && performance.now() - this.#askedAt < refetchAfterMs) return
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined
    })
    await this.#asking
  }

  async #fetch(): Promise<void> {
    const answer = await this.#auth.expect({ method: 'GET', path: '/jwks', timeoutMs: 2_000 })
    const { keys } = jwks.parse(answer.body)
    const imported = await Promise.all(
      keys.map(async (key) => [key.kid, (await importJWK(key, tokenAlgorithm)) as CryptoKey] as const),
    )
    this.#keys = new Map(imported)
    this.#askedAt = performance.now()
  }
}

const revoked = z.object({ sessions: z.array(z.string()) })
const pollMs = 1_000
/** Older than this, the copy proves nothing, and auth is asked for the one session. */
const maxAgeMs = 2_000

/**
 * A copy of auth's set of revoked sessions whose access tokens have not expired yet, fetched every second.
 * A logout is therefore felt here within 2 s, or nobody gets in.
 */
export class RemoteRevocations implements Revocations {
  readonly #auth: Client
  #revoked: ReadonlySet<string> = new Set()
  /** When the copy's question was asked: what was revoked later may be missing from it. */
  #asOf = Number.NEGATIVE_INFINITY

  constructor(auth: Client) {
    this.#auth = auth
  }

  async isRevoked(sessionId: string, signal: AbortSignal): Promise<boolean> {
    if (this.#revoked.has(sessionId)) return true
    if (performance.now() - this.#asOf <= maxAgeMs) return false
    const answer = await this.#auth.expect({ method: 'GET', path: `/sessions/${sessionId}`, timeoutMs: 1_500, signal })
    if (answer.status === 200) return (answer.body as { revoked?: unknown }).revoked !== false
    if (answer.status === 404) return true
    throw unavailable('Whether the session still stands cannot be told.')
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const asked = performance.now()
    const answer = await this.#auth.call({ method: 'GET', path: '/revoked-sessions', timeoutMs: 900, signal })
    if (answer.status !== 200) return
    this.#revoked = new Set(revoked.parse(answer.body).sessions)
    this.#asOf = asked
  }

  /** Keeps the copy young. */
  watch(): Worker {
    return {
      name: 'revocations',
      run: async (signal) => {
        while (!signal.aborted) {
          // A failed poll lets the copy grow old, which isRevoked notices.
          await this.#poll(signal).catch(() => undefined)
          await pause(pollMs, signal)
        }
      },
    }
  }

  readiness(): Readiness {
    return {
      name: 'revocations',
      check: async () => {
        if (performance.now() - this.#asOf > maxAgeMs) throw new Error('auth has not said which sessions are revoked')
      },
    }
  }
}
