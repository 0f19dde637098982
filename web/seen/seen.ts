import { isId } from '../cart/guest-cart.ts'
import { clearCookie, setCookie } from '../session/cookies.ts'

/** Books that are remembered: 12 ids of 16 bytes are 256 characters of cookie. */
export const mostSeen = 12
const idBytes = 16
const maxAge = 30 * 86_400

/** The books seen last, the latest first. The cookie is not signed: whatever it says, it names books and nothing else. */
export function readSeen(cookie: string | undefined): string[] {
  const bytes = Buffer.from((cookie ?? '').slice(0, 400), 'base64url')
  const ids: string[] = []
  for (let at = 0; at + idBytes <= bytes.length && ids.length < mostSeen; at += idBytes) {
    const hex = bytes.subarray(at, at + idBytes).toString('hex')
    ids.push(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
  }
  return [...new Set(ids)]
}

/** `ids` after a look at `id`. */
export const withSeen = (ids: readonly string[], id: string): string[] =>
  [id, ...ids.filter((other) => other !== id)].slice(0, mostSeen)

/** The Set-Cookie line that keeps `ids`. */
export function seenCookie(ids: readonly string[]): string {
  const kept = ids.filter(isId).slice(0, mostSeen)
  if (kept.length === 0) return clearCookie('seen')
  const bytes = kept.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'))
  return setCookie('seen', Buffer.concat(bytes).toString('base64url'), maxAge)
}
