import { describe, expect, it } from 'vitest'
import { clearCookie, cookieOf, readCookies, setCookie } from './cookies.ts'

describe('cookies', () => {
  it('are set for this host alone, out of scripts’ reach', () => {
    expect(setCookie('cart', 'abc.def', 60)).toBe(
      '__Host-cart=abc.def; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax',
    )
    expect(clearCookie('session')).toContain('Max-Age=0')
  })

  it.each(['a;b', 'a b', 'a\r\nset-cookie: x', 'ñ', 'a,b', '"a"'])('never take %j as a value', (value) => {
    expect(() => setCookie('cart', value, 1)).toThrow(TypeError)
  })

  it('are read by their prefix; the first of a name stands, and others are passed over', () => {
    const cookies = readCookies('cart=forged; __Host-cart=1; __Host-cart=2; =x; nonsense; __Host-session=a=b')
    expect(cookieOf(cookies, 'cart')).toBe('1')
    expect(cookieOf(cookies, 'session')).toBe('a=b')
    expect(cookieOf(cookies, 'refresh')).toBeUndefined()
    expect(readCookies(undefined).size).toBe(0)
  })
})
