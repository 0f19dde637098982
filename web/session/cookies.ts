/** Names with this prefix are taken by a browser only from this very host, over TLS, for all paths. */
const prefix = '__Host-'
export type CookieName = 'session' | 'refresh' | 'cart' | 'checkout' | 'seen'

/** The cookies of a request. Of two with the same name the first stands, as in RFC 6265 section 5.4. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at < 1) continue
    const name = pair.slice(0, at).trim()
    if (name.startsWith(prefix) && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim())
  }
  return cookies
}

export const cookieOf = (cookies: ReadonlyMap<string, string>, name: CookieName): string | undefined =>
  cookies.get(prefix + name)

const valueForm = /^[\w.~+/=-]*$/

/**
 * A Set-Cookie line; `maxAge` in seconds.
 * @throws TypeError when the value has a character that could end it.
 */
export function setCookie(name: CookieName, value: string, maxAge: number): string {
  if (!valueForm.test(value)) throw new TypeError(`not the value of a cookie: ${name}`)
  return `${prefix}${name}=${value}; Path=/; Max-Age=${Math.max(0, Math.floor(maxAge))}; Secure; HttpOnly; SameSite=Lax`
}

export const clearCookie = (name: CookieName): string => setCookie(name, '', 0)
