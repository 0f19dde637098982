import { isIPv6, SocketAddress } from 'node:net'
import { classes, type NewRecord, opcodes, type Question, types } from './types.ts'

/** A question to a server; `recurse` asks it to find out what it does not know. */
export function encodeQuery(id: number, question: Question, recurse: boolean): Buffer {
  const flags = (opcodes.query << 11) | (recurse ? 0x0100 : 0)
  return Buffer.concat([header(id, flags, [1, 0, 0, 0]), encodeQuestion(question)])
}

/** An UPDATE of `zone` without conditions (RFC 2136, section 2). */
export function encodeUpdate(id: number, zone: string, updates: readonly NewRecord[]): Buffer {
  return Buffer.concat([
    header(id, opcodes.update << 11, [1, 0, updates.length, 0]),
    encodeQuestion({ name: zone, type: types.SOA }),
    ...updates.map(encodeRecord),
  ])
}

function header(id: number, flags: number, counts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(12)
  for (const [index, value] of [id, flags, ...counts].entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}

function encodeQuestion({ name, type }: Question): Buffer {
  return Buffer.concat([encodeName(name), uint16(type), uint16(classes.IN)])
}

export function encodeRecord({ name, type, class: kind, ttl, data }: NewRecord): Buffer {
  return Buffer.concat([encodeName(name), uint16(type), uint16(kind), uint32(ttl), uint16(data.length), data])
}

/** In canonical form: lower case, no compression. */
export function encodeName(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.')
  const parts = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]))
  return Buffer.concat([...parts, Buffer.alloc(1)])
}

/** One string of at most 255 bytes. */
export function textData(value: string): Buffer {
  const text = Buffer.from(value, 'latin1')
  if (text.length > 255) throw new RangeError('a TXT string has at most 255 bytes')
  return Buffer.concat([Buffer.from([text.length]), text])
}

/** 4 bytes of an IPv4 address or 16 of an IPv6 address. */
export function addressData(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const left = groups(head)
  const right = groups(tail ?? '')
  const zeros = Array<number>(tail === undefined ? 0 : 8 - left.length - right.length).fill(0)
  return Buffer.concat([...left, ...zeros, ...right].map(uint16))
}

/** The groups of one half; an IPv4 address at its end makes two. */
function groups(half: string): number[] {
  if (half === '') return []
  return half.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

/** One spelling for each address, so that two can be compared: '2001:db8::1'. */
export function plainAddress(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
