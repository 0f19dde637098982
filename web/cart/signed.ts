import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../services/kit/secret.ts'

/** Signs values that travel through a browser. Each purpose has a key of its own, derived from the one credential. */
export class Signer {
  readonly #key: Buffer

  constructor(secret: Secret, purpose: string) {
    this.#key = createHmac('sha256', secret.reveal()).update(purpose).digest()
  }

  /** 22 characters of base64url: 132 bits are kept of the 256. */
  sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, 22)
  }

  verify(text: string, signature: string): boolean {
    const given = Buffer.from(signature)
    const right = Buffer.from(this.sign(text))
    return given.length === right.length && timingSafeEqual(given, right)
  }
}
