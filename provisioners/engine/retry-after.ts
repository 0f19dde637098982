/**
 * Milliseconds until the moment that a Retry-After header names: a number of seconds or a date (RFC 9110, section
 * 10.2.3). 0 when there is none, when it lies in the past, or when it is neither.
 */
export function retryAfterMs(header: string | null | undefined, now: Date): number {
  if (header === null || header === undefined) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
