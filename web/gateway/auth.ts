import { z } from 'zod'
import type { Api } from './api.ts'
import { type Tokens, tokens, user } from './schemas.ts'

/** @param agent the browser's User-Agent: its owner finds the session by it. @throws ApiProblem 401, 429 */
export async function login(api: Api, email: string, password: string, agent: string): Promise<Tokens> {
  const headers = { 'user-agent': agent }
  return (await api.ask('POST', '/auth/login', tokens, { body: { email, password }, headers })).body
}

/** @throws ApiProblem 409 taken, 422 weak, 429 */
export async function register(api: Api, account: { email: string; password: string; name: string }): Promise<void> {
  await api.ask('POST', '/auth/register', user, { body: account })
}

/** The same successor for the same token, until the successor has been used. @throws ApiProblem 401 */
export async function refresh(api: Api, refreshToken: string): Promise<Tokens> {
  return (await api.ask('POST', '/auth/refresh', tokens, { body: { refreshToken } })).body
}

export async function logout(api: Api): Promise<void> {
  await api.ask('POST', '/auth/logout', z.unknown())
}
