import type { IncomingHttpHeaders } from 'node:http'
import { policyFaults } from './policy-faults.ts'

/**
 * What the headers of an answer lack, one clause each; empty when they are as they should be.
 * @param hstsLeast Least max-age of HSTS, in seconds.
 */
export function headerFaults(headers: IncomingHttpHeaders, hstsLeast: number): string[] {
  const value = (name: string) => [headers[name]].flat().join(', ').trim()
  return [
    hstsFault(value('strict-transport-security'), hstsLeast),
    ...policyFaults(value('content-security-policy')),
    value('x-content-type-options').toLowerCase() === 'nosniff' ? undefined : 'X-Content-Type-Options is not nosniff',
    referrerFault(value('referrer-policy')),
    /^same-origin/.test(value('cross-origin-opener-policy'))
      ? undefined
      : 'Cross-Origin-Opener-Policy is not same-origin',
    /\d/.test(value('server')) ? `Server tells its version: ${value('server')}` : undefined,
    headers['x-powered-by'] === undefined
      ? undefined
      : `X-Powered-By tells what the site is made of: ${value('x-powered-by')}`,
    ...(headers['set-cookie'] ?? []).map(cookieFault),
  ].filter((fault) => fault !== undefined)
}

function hstsFault(value: string, least: number): string | undefined {
  const maxAge = /(?:^|;)\s*max-age\s*=\s*"?(\d+)/i.exec(value)?.[1]
  if (maxAge === undefined) return 'Strict-Transport-Security is missing'
  return Number(maxAge) < least ? `Strict-Transport-Security lasts ${maxAge} s, and ${least} s is the least` : undefined
}

/** The last policy that a browser knows is the one that counts. https://www.w3.org/TR/referrer-policy/ */
function referrerFault(value: string): string | undefined {
  if (value === '') return 'Referrer-Policy is missing'
  const policy = value.split(',').at(-1)?.trim().toLowerCase() ?? ''
  return ['unsafe-url', 'no-referrer-when-downgrade', 'origin-when-cross-origin'].includes(policy)
    ? `Referrer-Policy ${policy} tells other sites which page the visitor came from`
    : undefined
}

/** `__Host-` binds a cookie to this very host (RFC 6265bis, section 4.1.3.2). The name is told, the value is not. */
function cookieFault(cookie: string): string | undefined {
  const name = cookie.split('=', 1)[0] ?? ''
  if (!name.startsWith('__Host-')) return `the cookie ${name} is not a __Host- cookie`
  const lacking = ['Secure', 'HttpOnly', 'SameSite'].filter((word) => !new RegExp(`;\\s*${word}`, 'i').test(cookie))
  return lacking.length === 0 ? undefined : `the cookie ${name} lacks ${lacking.join(' and ')}`
}
