import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../engine/secret.ts'
import { readName } from './decode.ts'
import { encodeName, encodeRecord, uint16 } from './encode.ts'
import { classes, type Message, types } from './types.ts'

const algorithm = 'hmac-sha256'
/** Seconds by which clocks may differ; the value that RFC 8945, section 10 recommends. */
const fudge = 300

export interface TsigKey {
  name: string
  /** base64, as key files have it. */
  secret: Secret
}

export interface Signed {
  message: Buffer
  mac: Buffer
}

/** Appends a TSIG record to a request (RFC 8945, section 5.1). */
export function sign(message: Buffer, key: TsigKey, now: Date): Signed {
  const seconds = Math.floor(now.getTime() / 1000)
  const mac = macOf(key, [message, variables(key, seconds, 0, Buffer.alloc(0))])
  const data = Buffer.concat([
    encodeName(algorithm),
    uint48(seconds),
    uint16(fudge),
    uint16(mac.length),
    mac,
    message.subarray(0, 2),
    uint16(0),
    uint16(0),
  ])
  const record = encodeRecord({ name: key.name, type: types.TSIG, class: classes.ANY, ttl: 0, data })
  const signed = Buffer.concat([message, record])
  signed.writeUInt16BE(message.readUInt16BE(10) + 1, 10)
  return { message: signed, mac }
}

export interface TsigAnswer {
  /** 0, or 16 BADSIG, 17 BADKEY, 18 BADTIME. */
  error: number
  /** The server's clock, when it found ours too far away. */
  serverTime: Date | undefined
  /** That the server knows the secret. Errors about key and signature cannot be signed. */
  verified: boolean
}

/** Reads and checks the TSIG record of an answer to a signed request; `undefined` when there is none. */
export function checkAnswer(bytes: Buffer, answer: Message, key: TsigKey, requestMac: Buffer): TsigAnswer | undefined {
  const record = answer.additional.at(-1)
  if (record?.type !== types.TSIG) return undefined
  const found = parse(record.data)
  const unsigned = Buffer.from(bytes.subarray(0, record.offset))
  found.originalId.copy(unsigned)
  unsigned.writeUInt16BE(answer.additional.length - 1, 10)
  const signedPart = variables(key, found.seconds, found.error, found.other, found.fudge)
  const expected = macOf(key, [uint16(requestMac.length), requestMac, unsigned, signedPart])
  return {
    error: found.error,
    serverTime: found.other.length === 6 ? new Date(found.other.readUIntBE(0, 6) * 1000) : undefined,
    verified: found.mac.length === expected.length && timingSafeEqual(found.mac, expected),
  }
}

/** RFC 8945, section 4.2. */
function parse(data: Buffer) {
  const start = readName(data, 0).next
  const macEnd = start + 10 + data.readUInt16BE(start + 8)
  return {
    seconds: data.readUIntBE(start, 6),
    fudge: data.readUInt16BE(start + 6),
    mac: data.subarray(start + 10, macEnd),
    originalId: data.subarray(macEnd, macEnd + 2),
    error: data.readUInt16BE(macEnd + 2),
    other: data.subarray(macEnd + 6, macEnd + 6 + data.readUInt16BE(macEnd + 4)),
  }
}

/** The TSIG variables that are part of what is signed (RFC 8945, section 4.3.3). */
function variables(key: TsigKey, seconds: number, error: number, other: Buffer, allowed = fudge): Buffer {
  return Buffer.concat([
    encodeName(key.name),
    uint16(classes.ANY),
    Buffer.alloc(4),
    encodeName(algorithm),
    uint48(seconds),
    uint16(allowed),
    uint16(error),
    uint16(other.length),
    other,
  ])
}

function macOf(key: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('sha256', Buffer.from(key.secret.reveal(), 'base64'))
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

function uint48(value: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return bytes
}
