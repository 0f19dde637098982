import { z } from 'zod'
import { type Endpoint, endpoint, noContent, ok, principalOf } from '../../kit/endpoint.ts'
import { notFound } from '../../kit/problem.ts'
import type { AuthContext } from '../context.ts'
import { credentials, refreshBody } from '../schemas.ts'
import { agentOf } from '../sessions/agent.ts'
import { grantSchema, mostListed, sessionList, toSession } from '../sessions/entity.ts'
import { login } from '../sessions/login.ts'
import { refresh } from '../sessions/refresh.ts'
import { listLiveSessions, revokeOwnSession, revokeSession } from '../sessions/repository.ts'
import { bearerProblems } from './problems.ts'

export const sessionEndpoints = (context: AuthContext): Endpoint[] => [
  loginEndpoint(context),
  refreshEndpoint(context),
  logoutEndpoint(context),
  listEndpoint(context),
  endEndpoint(context),
]

const loginEndpoint = (context: AuthContext) =>
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
    handle: async (request) => {
      const agent = agentOf(request.headers['user-agent'])
      return ok(await login(context, { ...request.body, agent }, request))
    },
  })

const refreshEndpoint = (context: AuthContext) =>
  endpoint({
    method: 'post',
    path: '/auth/refresh',
    summary: 'Go on with a session; a refresh token shown again before its successor was used has the same successor',
    access: 'public',
    body: refreshBody,
    responses: { 200: grantSchema },
    problems: { 401: ['invalid-refresh-token', 'session-ended'], 422: ['invalid-body'] },
    handle: async ({ body }) => ok(await refresh(context, body.refreshToken)),
  })

const logoutEndpoint = ({ db }: AuthContext) =>
  endpoint({
    method: 'post',
    path: '/auth/logout',
    summary: 'End the session of the access token, everywhere within two seconds',
    access: 'bearer',
    responses: { 204: null },
    problems: bearerProblems,
    handle: async (request) => {
      await revokeSession(db, principalOf(request).sessionId)
      return noContent()
    },
  })

const listEndpoint = ({ db }: AuthContext) =>
  endpoint({
    method: 'get',
    path: '/auth/sessions',
    summary: `One's own sessions that stand, the newest first, ${mostListed} at most`,
    access: 'bearer',
    responses: { 200: sessionList },
    problems: bearerProblems,
    handle: async (request) => {
      const { userId, sessionId } = principalOf(request)
      const sessions = await listLiveSessions(db, userId)
      return ok({ items: sessions.map((session) => toSession(session, sessionId)) })
    },
  })

const endEndpoint = ({ db }: AuthContext) =>
  endpoint({
    method: 'delete',
    path: '/auth/sessions/:id',
    summary: `End one of one's own sessions, everywhere within two seconds; once more does no harm`,
    access: 'bearer',
    params: z.object({ id: z.uuid() }),
    responses: { 204: null },
    problems: { ...bearerProblems, 404: ['not-found'] },
    handle: async (request) => {
      if (!(await revokeOwnSession(db, request.params.id, principalOf(request).userId)))
        throw notFound('No such session')
      return noContent()
    },
  })
