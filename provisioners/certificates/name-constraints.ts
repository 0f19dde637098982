/** OID of the extension (RFC 5280, section 4.2.1.10). */
export const nameConstraintsOid = '2.5.29.30'

export interface PermittedNames {
  /** 'localhost' stands for itself and everything below it. */
  dns: readonly string[]
  /** Address and mask, as bytes of equal number: 4 and 4, or 16 and 16. */
  ip: readonly { address: readonly number[]; mask: readonly number[] }[]
}

/** DER of NameConstraints with permitted subtrees only. Names of these kinds outside of them are refused by clients. */
export function encodeNameConstraints({ dns, ip }: PermittedNames): Uint8Array<ArrayBuffer> {
  const names = dns.map((name) => element(0x82, Buffer.from(name, 'ascii')))
  const addresses = ip.map(({ address, mask }) => element(0x87, Buffer.from([...address, ...mask])))
  const subtrees = [...names, ...addresses].map((base) => element(0x30, base))
  return Uint8Array.from(element(0x30, element(0xa0, Buffer.concat(subtrees))))
}

/** One DER element. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
