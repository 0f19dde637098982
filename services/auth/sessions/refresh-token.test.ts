import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isRefreshToken, newRefreshToken, refreshTokenHash, successorOf } from './refresh-token.ts'

describe('a refresh token', () => {
  const key = randomBytes(32)

  it('is 32 random bytes, and its successor has the same form', () => {
    const token = newRefreshToken()
    expect(isRefreshToken(token)).toBe(true)
    expect(isRefreshToken(successorOf(key, token))).toBe(true)
    expect(newRefreshToken()).not.toBe(token)
  })

  it('has one successor, which nobody finds without the key', () => {
    const token = newRefreshToken()
    expect(successorOf(key, token)).toBe(successorOf(key, token))
    expect(successorOf(randomBytes(32), token)).not.toBe(successorOf(key, token))
    expect(refreshTokenHash(token)).not.toEqual(Buffer.from(token, 'base64url'))
  })

  it.each(['', 'a', 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}\n`])('is not: %j', (text) => {
    expect(isRefreshToken(text)).toBe(false)
  })
})
