import { plainAddress } from './encode.ts'
import { type FoundRecord, type Message, type Question, types } from './types.ts'

/** Reads a whole message (RFC 1035, section 4). @throws RangeError when it is damaged or ends too early. */
export function decodeMessage(bytes: Buffer): Message {
  const flags = bytes.readUInt16BE(2)
  const reader = new Reader(bytes)
  const [questions = 0, answers = 0, authority = 0, additional = 0] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at))
  return {
    id: bytes.readUInt16BE(0),
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    rcode: flags & 0x000f,
    questions: times(questions, () => reader.question()),
    answers: times(answers, () => reader.record()),
    authority: times(authority, () => reader.record()),
    additional: times(additional, () => reader.record()),
  }
}

function times<T>(count: number, read: () => T): T[] {
  return Array.from({ length: count }, read)
}

class Reader {
  readonly #bytes: Buffer
  #at = 12

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  question(): Question {
    const name = this.#name()
    const type = this.#bytes.readUInt16BE(this.#at)
    this.#at += 4
    return { name, type }
  }

  record(): FoundRecord {
    const offset = this.#at
    const name = this.#name()
    const start = this.#at
    const type = this.#bytes.readUInt16BE(start)
    const length = this.#bytes.readUInt16BE(start + 8)
    const from = start + 10
    if (from + length > this.#bytes.length) throw new RangeError('the message ends within a record')
    this.#at = from + length
    const data = this.#bytes.subarray(from, from + length)
    return {
      name,
      type,
      class: this.#bytes.readUInt16BE(start + 2),
      ttl: this.#bytes.readUInt32BE(start + 4),
      data,
      value: textOf(this.#bytes, type, from, data),
      offset,
    }
  }

  #name(): string {
    const { name, next } = readName(this.#bytes, this.#at)
    this.#at = next
    return name
  }
}

/** Pointers may only lead backwards, so that a malicious message cannot keep us busy. */
export function readName(bytes: Buffer, start: number): { name: string; next: number } {
  const labels: string[] = []
  let at = start
  let next = 0
  let lowest = start
  for (;;) {
    const length = bytes.readUInt8(at)
    if (length === 0) break
    if (length >= 0xc0) {
      next ||= at + 2
      at = bytes.readUInt16BE(at) & 0x3fff
      if (at >= lowest) throw new RangeError('a name in the message points forwards')
      lowest = at
    } else {
      labels.push(bytes.toString('latin1', at + 1, at + 1 + length).toLowerCase())
      at += 1 + length
    }
  }
  return { name: labels.join('.'), next: next || at + 1 }
}

function textOf(bytes: Buffer, type: number, from: number, data: Buffer): string {
  switch (type) {
    case types.A:
      return data.join('.')
    case types.AAAA:
      return plainAddress(data.toString('hex').match(/.{4}/g)?.join(':') ?? '')
    case types.NS:
    case types.CNAME:
      return readName(bytes, from).name
    case types.SOA: {
      const primary = readName(bytes, from)
      const { next } = readName(bytes, primary.next)
      return `${primary.name} ${bytes.readUInt32BE(next)}`
    }
    case types.TXT:
      return strings(data).join('')
    case types.CAA: {
      const end = 2 + data.readUInt8(1)
      return `${data.readUInt8(0)} ${data.toString('latin1', 2, end)} ${data.toString('latin1', end)}`
    }
    default:
      return ''
  }
}

function strings(data: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at)) {
    found.push(data.toString('latin1', at + 1, at + 1 + data.readUInt8(at)))
  }
  return found
}
