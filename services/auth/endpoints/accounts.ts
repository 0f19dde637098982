import { created, type Endpoint, endpoint, noContent, ok, principalOf } from '../../kit/endpoint.ts'
import type { AuthContext } from '../context.ts'
import { passwordChange, registration, userChange } from '../schemas.ts'
import { sessionEnded } from '../sessions/entity.ts'
import { changePassword } from '../users/change-password.ts'
import { closeAccount } from '../users/close-account.ts'
import { toUser, userSchema } from '../users/entity.ts'
import { register } from '../users/register.ts'
import { changeUser, findUser } from '../users/repository.ts'
import { bearerProblems } from './problems.ts'

export const accountEndpoints = (context: AuthContext): Endpoint[] => [
  registerEndpoint(context),
  meEndpoint(context),
  changeEndpoint(context),
  passwordEndpoint(context),
  closeEndpoint(context),
]

const registerEndpoint = (context: AuthContext) =>
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
  })

const meEndpoint = ({ db }: AuthContext) =>
  endpoint({
    method: 'get',
    path: '/auth/me',
    summary: 'The caller',
    access: 'bearer',
    responses: { 200: userSchema },
    problems: bearerProblems,
    handle: async (request) => {
      const user = await findUser(db, principalOf(request).userId)
      if (!user) throw sessionEnded()
      return ok(toUser(user))
    },
  })

const changeEndpoint = ({ db }: AuthContext) =>
  endpoint({
    method: 'patch',
    path: '/auth/me',
    summary:
      'Change name or language; what is left out stays. Access tokens have the new name from the next refresh on',
    access: 'bearer',
    body: userChange,
    responses: { 200: userSchema },
    problems: { ...bearerProblems, 422: ['invalid-body'] },
    handle: async (request) => {
      const user = await changeUser(db, principalOf(request).userId, request.body)
      if (!user) throw sessionEnded()
      return ok(toUser(user))
    },
  })

const passwordEndpoint = (context: AuthContext) =>
  endpoint({
    method: 'put',
    path: '/auth/me/password',
    summary: 'Change the password; all other sessions end',
    access: 'bearer',
    body: passwordChange,
    responses: { 204: null },
    problems: {
      401: [...bearerProblems[401], 'invalid-credentials'],
      422: ['invalid-body', 'weak-password'],
      429: ['too-many-requests'],
      503: ['busy', 'unavailable'],
    },
    handle: async (request) => {
      await changePassword(context, request.body, principalOf(request), request)
      return noContent()
    },
  })

const closeEndpoint = (context: AuthContext) =>
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
  })
