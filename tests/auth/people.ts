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
}

const headersOf = ({ from }: Options) => ({ headers: { 'x-forwarded-for': from ?? newAddress() } })

/** A reader's calls, straight to auth. */
export function reader(shop: TestShop) {
  const post = (path: string, body: unknown, options: Options = {}): Promise<Reply> =>
    shop.request('auth', 'POST', path, {
      body,
      ...headersOf(options),
      ...(options.instance !== undefined && { instance: options.instance }),
    })
  const withToken = (method: string, path: string, accessToken: string, instance = 1): Promise<Reply> =>
    shop.request('auth', method, path, { headers: { authorization: `Bearer ${accessToken}` }, instance })
  return {
    post,
    withToken,
    register: (email: string, options?: Options) =>
      post('/auth/register', { email, password, name: 'Susana San Juan' }, options),
    login: (email: string, options?: Options & { password?: string }) =>
      post('/auth/login', { email, password: options?.password ?? password }, options),
    refresh: (refreshToken: string, options?: Options) => post('/auth/refresh', { refreshToken }, options),
    me: (accessToken: string, instance?: number) => withToken('GET', '/auth/me', accessToken, instance),
    logout: (accessToken: string, instance?: number) => withToken('POST', '/auth/logout', accessToken, instance),
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
