import { lines, quote } from './text.ts'

/** Sent with every answer of the site, whoever made it. CSP is left to the pages, which know what they load. */
const common: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'X-Frame-Options': 'DENY',
}

/** For answers that are no page: nothing of them is ever run or framed. */
export const inertPolicy = "default-src 'none'; frame-ancestors 'none'"

export interface HeaderSettings {
  /** Value of Strict-Transport-Security. */
  hsts: string
  /** A Content-Security-Policy of our own, for answers that are no page of the shop. */
  policy?: string
}

/**
 * One `add_header` in a location drops all inherited ones, so every location carries the whole set. Headers of the
 * same names from upstream are hidden: one authority, no duplicates.
 */
export function securityHeaders({ hsts, policy }: HeaderSettings): string {
  const headers = {
    'Strict-Transport-Security': hsts,
    ...common,
    ...(policy === undefined ? {} : { 'Content-Security-Policy': policy }),
  }
  return lines(
    ...Object.keys(headers).map((name) => `proxy_hide_header ${name};`),
    ...Object.entries(headers).map(([name, value]) => `add_header ${name} ${quote(value)} always;`),
  )
}
