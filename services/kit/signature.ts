import { createHmac, timingSafeEqual } from 'node:crypto'
import { Problem } from './problem.ts'
import type { Secret } from './secret.ts'

/** Header of a signed body: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. */
export const signatureHeader = 'bookstore-signature'

const toleranceSeconds = 300
const form = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/

function digest(secret: Secret, seconds: string, body: string | Buffer): Buffer {
  return createHmac('sha256', secret.reveal()).update(`${seconds}.`).update(body).digest()
}

/** The header's value for exactly these bytes, now. */
export function sign(secret: Secret, body: string, now = Date.now()): string {
  const seconds = String(Math.floor(now / 1000))
  return `t=${seconds},v1=${digest(secret, seconds, body).toString('hex')}`
}

/** @throws Problem 401 `invalid-signature` unless `header` signs exactly these bytes, no more than five minutes ago (or ahead). */
export function verifySignature(secret: Secret, header: unknown, body: Buffer, now = Date.now()): void {
  const [, seconds = '', hex = ''] = (typeof header === 'string' ? form.exec(header) : null) ?? []
  const recent = Math.abs(now / 1000 - Number(seconds)) <= toleranceSeconds
  // The digest is compared in constant time, whatever was sent.
  const expected = digest(secret, seconds, body)
  const given = Buffer.from(hex.padEnd(64, '0'), 'hex')
  if (hex === '' || !recent || !timingSafeEqual(given, expected))
    throw new Problem(401, 'invalid-signature', 'The signature is not valid')
}
