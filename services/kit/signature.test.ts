import { describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'
import { sign, verifySignature } from './signature.ts'

const secret = new Secret('s3cret')
const body = '{"id":"1"}'
const now = Date.UTC(2026, 10, 1)
const verify = (header: unknown, bytes = body, at = now) => verifySignature(secret, header, Buffer.from(bytes), at)
const refused = expect.objectContaining({ status: 401, code: 'invalid-signature' })

describe('a signature', () => {
  it('stands for its bytes, five minutes long', () => {
    const header = sign(secret, body, now)
    verify(header)
    verify(header, body, now + 299_000)
    expect(() => verify(header, body, now + 302_000)).toThrow(refused)
    expect(() => verify(header, body, now - 302_000)).toThrow(refused)
    expect(() => verify(header, `${body} `)).toThrow(refused)
  })

  it.each([
    ['another secret', sign(new Secret('other'), body, now)],
    ['another time', sign(secret, body, now).replace(/t=\d+/, `t=${now / 1000 + 1}`)],
    ['no header', undefined],
    ['two headers', [sign(secret, body, now)]],
    ['no form', 'v1=00'],
    ['a short digest', `t=${now / 1000},v1=00`],
  ])('is refused: %s', (_, header) => {
    expect(() => verify(header)).toThrow(refused)
  })
})
