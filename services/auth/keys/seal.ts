import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** A key of its own for each purpose, from one credential (RFC 5869). */
export const deriveKey = (material: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', material, '', `bookstore auth ${purpose}`, 32))

/** Encrypts what rests in the database. Opens only what the same credential sealed, for the same `label`. */
export class Seal {
  readonly #key: Buffer
  /** Tells which credential sealed something, and nothing about the credential. */
  readonly name: string

  constructor(material: Buffer) {
    this.#key = deriveKey(material, 'signing keys at rest')
    this.name = createHash('sha256').update(deriveKey(material, 'name of the seal')).digest('hex').slice(0, 16)
  }

  /** IV, tag and ciphertext, one after the other. */
  seal(plain: Buffer, label: string): Buffer {
    const iv = randomBytes(ivBytes)
    const encrypting = createCipheriv(cipher, this.#key, iv).setAAD(Buffer.from(label))
    const sealed = Buffer.concat([encrypting.update(plain), encrypting.final()])
    return Buffer.concat([iv, encrypting.getAuthTag(), sealed])
  }

  /** @throws Error when it was changed, or sealed by another credential or for another label. */
  open(sealed: Buffer, label: string): Buffer {
    const decrypting = createDecipheriv(cipher, this.#key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(label))
      .setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
    return Buffer.concat([decrypting.update(sealed.subarray(ivBytes + tagBytes)), decrypting.final()])
  }
}
