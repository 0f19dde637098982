import type { Line } from '../gateway/sales.ts'
import { clearCookie, setCookie } from '../session/cookies.ts'
import type { Signer } from './signed.ts'

/** Lines that fit in one cookie of 4 KB with room to spare. */
export const maxLines = 50
export const maxQuantity = 99
const maxAge = 60 * 86_400
const idBytes = 16

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A book's id has the form of a UUID; nothing else goes into a cookie or a path. */
export const isId = (text: string): boolean => idForm.test(text)

function packed(lines: readonly Line[]): string {
  const bytes = lines.map(({ bookId, quantity }) =>
    Buffer.concat([Buffer.from(bookId.replaceAll('-', ''), 'hex'), Buffer.from([quantity])]),
  )
  return Buffer.concat(bytes).toString('base64url')
}

function unpacked(text: string): Line[] {
  const bytes = Buffer.from(text, 'base64url')
  const lines: Line[] = []
  for (let at = 0; at + idBytes < bytes.length; at += idBytes + 1) {
    const hex = bytes.subarray(at, at + idBytes).toString('hex')
    const bookId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    lines.push({ bookId, quantity: bytes[at + idBytes] ?? 1 })
  }
  return lines
}

/** The guest's cart. A cookie that we did not sign is an empty cart. */
export function readGuestCart(cookie: string | undefined, signer: Signer): Line[] {
  const [text, signature] = (cookie ?? '').split('.')
  if (!text || !signature || !signer.verify(text, signature)) return []
  return unpacked(text)
}

/** The Set-Cookie line that keeps `lines`. */
export function guestCartCookie(lines: readonly Line[], signer: Signer): string {
  if (lines.length === 0) return clearCookie('cart')
  const text = packed(lines.slice(0, maxLines))
  return setCookie('cart', `${text}.${signer.sign(text)}`, maxAge)
}
