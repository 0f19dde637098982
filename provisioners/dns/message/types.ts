/** Record types, classes and codes that we speak (IANA, Domain Name System Parameters). */
export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, TSIG: 250, ANY: 255, CAA: 257 } as const
export type RecordType = 'A' | 'NS' | 'CNAME' | 'SOA' | 'TXT' | 'AAAA' | 'CAA'

export const classes = { IN: 1, NONE: 254, ANY: 255 } as const
export const opcodes = { query: 0, update: 5 } as const

/** RFC 1035 section 4.1.1, RFC 2136 section 2.2. */
export const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
]

export function rcodeName(code: number): string {
  return rcodes[code] ?? `code ${code}`
}

export interface Question {
  name: string
  type: number
}

/** A record as it is written; `data` is in wire form, without compression. */
export interface NewRecord {
  name: string
  type: number
  class: number
  /** Seconds. */
  ttl: number
  data: Buffer
}

/** A record as it was read. */
export interface FoundRecord extends NewRecord {
  /**
   * What people write: an address, a name, the text of a TXT record, '0 issue "letsencrypt.org"' without the quotes.
   * SOA: the primary's name and the serial. '' for types that we do not read.
   */
  value: string
  /** Where it begins in the message. */
  offset: number
}

export interface Message {
  id: number
  /** True when a server speaks for its own zone. */
  authoritative: boolean
  truncated: boolean
  rcode: number
  questions: readonly Question[]
  answers: readonly FoundRecord[]
  authority: readonly FoundRecord[]
  additional: readonly FoundRecord[]
}
