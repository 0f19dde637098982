import { randomBytes } from 'node:crypto'
import type { Reply, TestShop } from '../support/shop.ts'

export const password = 'an evening in Comala'

/** An address that nobody has. */
export const newEmail = (): string => `reader-${randomBytes(6).toString('hex')}@example.com`

/** An address of the documentation range of IPv4 (RFC 5737) or IPv6 (RFC 3849), so that limits of one test leave another alone. */
export const newAddress = (): string =>
  `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`

export interface Options {
  instance?: number
  from?: string
  agent?: string
}

const headersOf = ({ from, agent }: Options) => ({
  'x-forwarded-for': from ?? newAddress(),
  ...(agent !== undefined && { 'user-agent': agent }),
})

/** A reader's calls, straight to auth. */
export function reader(shop: TestShop) {
  const post = (path: string, body: unknown, options: Options = {}): Promise<Reply> =>
    shop.request('auth', 'POST', path, { body, headers: headersOf(options), instance: options.instance ?? 1 })
  const withToken = (
    method: string,
    path: string,
    accessToken: string,
    options: Options & { body?: unknown } = {},
  ): Promise<Reply> =>
    shop.request('auth', method, path, {
      headers: { ...headersOf(options), authorization: `Bearer ${accessToken}` },
      body: options.body,
      instance: options.instance ?? 1,
    })
  return {
    post,
    withToken,
    register: (email: string, options?: Options) =>
      post('/auth/register', { email, password, name: 'Susana San Juan' }, options),
    login: (email: string, options?: Options & { password?: string }) =>
      post('/auth/login', { email, password: options?.password ?? password }, options),
    refresh: (refreshToken: string, options?: Options) => post('/auth/refresh', { refreshToken }, options),
    me: (accessToken: string, instance = 1) => withToken('GET', '/auth/me', accessToken, { instance }),
    logout: (accessToken: string, instance = 1) => withToken('POST', '/auth/logout', accessToken, { instance }),
    change: (accessToken: string, body: unknown) => withToken('PATCH', '/auth/me', accessToken, { body }),
    changePassword: (accessToken: string, body: unknown, options?: Options) =>
      withToken('PUT', '/auth/me/password', accessToken, { ...options, body }),
    sessions: (accessToken: string, instance = 1) => withToken('GET', '/auth/sessions', accessToken, { instance }),
    endSession: (accessToken: string, id: string) => withToken('DELETE', `/auth/sessions/${id}`, accessToken),
    /** Registers somebody and logs them in. */
    enter: async (
      email = newEmail(),
    ): Promise<{ email: string; accessToken: string; refreshToken: string; id: string }> => {
      await post('/auth/register', { email, password, name: 'Susana San Juan' })
      const { body } = await post('/auth/login', { email, password })
      return { email, accessToken: body.accessToken, refreshToken: body.refreshToken, id: body.user.id }
    },
  }
}
