import { hash } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { hashPassword, isOutdated, verifyPassword } from './hash.ts'

describe('a password hash', () => {
  it('has the parameters that OWASP names first, and a salt of its own', async () => {
    const [one, other] = await Promise.all([hashPassword('an evening in Comala'), hashPassword('an evening in Comala')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(other)
    expect(isOutdated(one)).toBe(false)
    expect(await verifyPassword(one, 'an evening in Comala')).toBe(true)
    expect(await verifyPassword(one, 'an evening in comala')).toBe(false)
  })

  it('of other parameters is outdated', async () => {
    expect(isOutdated(await hash('an evening in Comala', { memoryCost: 4096, timeCost: 1 }))).toBe(true)
  })
})
