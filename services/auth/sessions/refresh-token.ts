import { createHash, createHmac, randomBytes } from 'node:crypto'

/** 32 bytes in base64url. */
const form = /^[\w-]{43}$/

/** A refresh token of a new session: nothing can be told from it. */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url')

/**
 * The one token that follows `token`. It is computed, never stored, so the same question has the same answer,
 * and neither the database nor the key alone yields a token.
 */
export const successorOf = (key: Buffer, token: string): string =>
  createHmac('sha256', key).update(token).digest('base64url')

/** What is stored of a token. A fast hash is enough for 256 random bits (ASVS 5.0, 11.4.1). */
export const refreshTokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

export const isRefreshToken = (text: string): boolean => form.test(text)
