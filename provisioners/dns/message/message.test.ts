import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../engine/secret.ts'
import { decodeMessage, readName } from './decode.ts'
import { addressData, encodeName, encodeQuery, encodeRecord, encodeUpdate, plainAddress, textData } from './encode.ts'
import { checkAnswer, sign } from './tsig.ts'
import { classes, types } from './types.ts'

const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/)
const name = fc.array(label, { maxLength: 8 }).map((labels) => labels.join('.'))
/** Bits of an answer: QR and AA. */
const answering = 0x84

/** What was asked, as a server would answer it: with these records. */
function answerWith(query: Buffer, records: readonly Buffer[]): Buffer {
  const answer = Buffer.concat([query, ...records])
  answer.writeUInt8(answer.readUInt8(2) | answering, 2)
  answer.writeUInt16BE(records.length, 6)
  return answer
}

describe('messages', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(name, fc.stringMatching(/^[ -~]{0,255}$/), fc.nat(86_400), (owner, text, ttl) => {
        const record = encodeRecord({ name: owner, type: types.TXT, class: classes.IN, ttl, data: textData(text) })
        const found = decodeMessage(answerWith(encodeQuery(7, { name: owner, type: types.TXT }, false), [record]))
        expect(found).toMatchObject({ id: 7, authoritative: true, truncated: false, rcode: 0 })
        expect(found.questions).toEqual([{ name: owner, type: types.TXT }])
        expect(found.answers).toMatchObject([{ name: owner, ttl, value: text }])
      }),
    )
  })

  it('with any bytes are read or refused, never read for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (bytes) => {
        const damaged = Buffer.from(bytes)
        // Few records, so that what lies in them is looked at.
        for (const at of [4, 6, 8, 10]) damaged.writeUInt16BE(damaged.readUInt16BE(at) % 3, at)
        try {
          decodeMessage(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })

  it('are laid out as RFC 2136 says', () => {
    const txt = { name: 'a.b', type: types.TXT, class: classes.NONE, ttl: 0, data: textData('x') }
    expect(encodeUpdate(0x1234, 'b', [txt]).toString('hex')).toBe(
      '123428000001000000010000' + // id, UPDATE, one zone, one update
        '016200' + // b
        '00060001' + // SOA IN
        '0161016200' + // a.b
        '001000fe00000000' + // TXT NONE, TTL 0
        '00020178', // 'x'
    )
  })
})

it('names in an answer may point backwards, not forwards and not at themselves', () => {
  const header = Buffer.alloc(12)
  const bytes = Buffer.concat([
    header,
    encodeName('shop.test'),
    Buffer.from([3]),
    Buffer.from('www'),
    Buffer.from([0xc0, 12]),
  ])
  expect(readName(bytes, 23)).toEqual({ name: 'www.shop.test', next: 29 })
  expect(() => readName(Buffer.concat([header, Buffer.from([0xc0, 12])]), 12)).toThrow(RangeError)
  expect(() => readName(Buffer.concat([header, Buffer.from([0xc0, 14, 0xc0, 12])]), 12)).toThrow(RangeError)
})

describe('addresses', () => {
  it('of IPv4 and IPv6 are encoded, and read as they are written', () => {
    expect(addressData('192.0.2.1').toString('hex')).toBe('c0000201')
    expect(addressData('2001:db8::1').toString('hex')).toBe('20010db8000000000000000000000001')
    expect(addressData('::').toString('hex')).toBe('0'.repeat(32))
    expect(addressData('::ffff:192.0.2.1').toString('hex')).toBe('00000000000000000000ffffc0000201')
    fc.assert(fc.property(fc.ipV6(), (address) => addressData(address).length === 16))
  })

  it('have one spelling', () => {
    expect(plainAddress('2001:DB8:0:0::0001')).toBe('2001:db8::1')
    expect(plainAddress('192.0.2.1')).toBe('192.0.2.1')
  })
})

it('a text of more than 255 bytes is refused', () => {
  expect(() => textData('x'.repeat(256))).toThrow(RangeError)
})

describe('TSIG', () => {
  const key = { name: 'key.test', secret: new Secret(Buffer.from('secret').toString('base64')) }
  const request = sign(encodeUpdate(1, 'test', []), key, new Date('2026-11-24T09:00:00Z'))

  it('adds one record at the end', () => {
    const { additional } = decodeMessage(request.message)
    expect(additional).toMatchObject([{ name: 'key.test', type: types.TSIG, class: classes.ANY, ttl: 0 }])
  })

  it('of an answer is checked against the request and the key', () => {
    // An answer that is signed like a request leaves out the request's MAC, and must not be taken for a proof.
    const answer = sign(answerWith(encodeUpdate(1, 'test', []), []), key, new Date('2026-11-24T09:00:00Z')).message
    expect(checkAnswer(answer, decodeMessage(answer), key, request.mac)).toMatchObject({ error: 0, verified: false })
    const plain = answerWith(encodeUpdate(1, 'test', []), [])
    expect(checkAnswer(plain, decodeMessage(plain), key, request.mac)).toBeUndefined()
  })
})
