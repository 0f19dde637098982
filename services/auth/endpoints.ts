import { z } from 'zod'
import { created, type Endpoint, endpoint, noContent, ok, principalOf } from '../kit/endpoint.ts'
import { Problem } from '../kit/problem.ts'
import type { AuthContext } from './context.ts'
import { credentials, refreshBody, registration } from './schemas.ts'
import { grantSchema } from './sessions/entity.ts'
import { login } from './sessions/login.ts'
import { refresh } from './sessions/refresh.ts'
import { revokeSession } from './sessions/repository.ts'
import { closeAccount } from './users/close-account.ts'
import { toUser, userSchema } from './users/entity.ts'
import { register } from './users/register.ts'
import { findUser } from './users/repository.ts'

const jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) })
/** A key is shown a day before it signs; five minutes in a cache are nothing to that. */
const jwksCache = { 'cache-control': 'public, max-age=300' }
const bearerProblems = { 401: ['unauthenticated', 'invalid-token', 'token-expired', 'session-ended'] }

/** The public contract of auth. */
export function authEndpoints(context: AuthContext): Endpoint[] {
  return [...accountEndpoints(context), ...sessionEndpoints(context), keysEndpoint(context)]
}

function accountEndpoints(context: AuthContext): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/auth/register',
      summary: 'Open an account',
      access: 'public',
      body: registration,
      responses: { 201: userSchema },
      problems: {
        409: ['email-taken'],
        422: ['invalid-body', 'weak-password'],
        429: ['too-many-requests'],
        503: ['busy', 'unavailable'],
      },
      handle: async (request) => created(await register(context, request.body, request), '/api/auth/me'),
    }),
    endpoint({
      method: 'get',
      path: '/auth/me',
      summary: 'The caller',
      access: 'bearer',
      responses: { 200: userSchema },
      problems: bearerProblems,
      handle: async (request) => {
        const user = await findUser(context.db, principalOf(request).userId)
        if (!user) throw new Problem(401, 'session-ended', 'This session has ended')
        return ok(toUser(user))
      },
    }),
    endpoint({
      method: 'delete',
      path: '/auth/me',
      summary: 'Close the account: all sessions end, its books leave the shop, and nothing personal is kept',
      access: 'bearer',
      responses: { 204: null },
      problems: { ...bearerProblems, 409: ['open-orders'], 503: ['unavailable'] },
      handle: async (request) => {
        await closeAccount(context, principalOf(request), request)
        return noContent()
      },
    }),
  ]
}

function sessionEndpoints(context: AuthContext): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/auth/login',
      summary: 'Open a session',
      access: 'public',
      body: credentials,
      responses: { 200: grantSchema },
      problems: {
        401: ['invalid-credentials'],
        422: ['invalid-body'],
        429: ['too-many-requests'],
        503: ['busy', 'unavailable'],
      },
      handle: async (request) => ok(await login(context, request.body, request)),
    }),
    endpoint({
      method: 'post',
      path: '/auth/refresh',
      summary: 'Go on with a session; a refresh token shown again before its successor was used has the same successor',
      access: 'public',
      body: refreshBody,
      responses: { 200: grantSchema },
      problems: { 401: ['invalid-refresh-token', 'session-ended'], 422: ['invalid-body'] },
      handle: async ({ body }) => ok(await refresh(context, body.refreshToken)),
    }),
    endpoint({
      method: 'post',
      path: '/auth/logout',
      summary: 'End the session of the access token, everywhere within two seconds',
      access: 'bearer',
      responses: { 204: null },
      problems: bearerProblems,
      handle: async (request) => {
        await revokeSession(context.db, principalOf(request).sessionId)
        return noContent()
      },
    }),
  ]
}

function keysEndpoint({ keys }: AuthContext): Endpoint {
  return endpoint({
    method: 'get',
    path: '/auth/.well-known/jwks.json',
    summary: 'Public keys of access tokens (RFC 7517)',
    access: 'public',
    responses: { 200: jwks },
    handle: async () => ok({ keys: await keys.publicKeys() }, jwksCache),
  })
}
