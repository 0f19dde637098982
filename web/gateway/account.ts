import { z } from 'zod'
import type { Language } from '../settings.ts'
import type { Api } from './api.ts'
import { type User, user } from './schemas.ts'

const session = z.object({
  id: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  /** User-Agent at log-in: anybody may have written it. */
  agent: z.string(),
  /** The one of this very visit. */
  current: z.boolean(),
})
export type OpenSession = z.output<typeof session>

export async function readMe(api: Api): Promise<User> {
  return (await api.ask('GET', '/auth/me', user)).body
}

/** @throws ApiProblem 422 */
export async function changeMe(api: Api, change: { name: string; language: Language }): Promise<User> {
  return (await api.ask('PATCH', '/auth/me', user, { body: change })).body
}

/** All other sessions end. @throws ApiProblem 401 `invalid-credentials`, 422 `weak-password`, 429 */
export async function changePassword(api: Api, change: { current: string; new: string }): Promise<void> {
  await api.ask('PUT', '/auth/me/password', z.unknown(), { body: change })
}

export async function listSessions(api: Api): Promise<OpenSession[]> {
  return (await api.ask('GET', '/auth/sessions', z.object({ items: z.array(session) }))).body.items
}

/** @throws ApiProblem 404 when it is none of one's own. */
export async function endSession(api: Api, id: string): Promise<void> {
  await api.ask('DELETE', `/auth/sessions/${encodeURIComponent(id)}`, z.unknown())
}

/** @throws ApiProblem 409 `open-orders` while something is bought or sold. */
export async function closeAccount(api: Api): Promise<void> {
  await api.ask('DELETE', '/auth/me', z.unknown())
}
