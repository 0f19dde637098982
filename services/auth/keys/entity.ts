import type { CryptoKey, JWK } from 'jose'

/** What verifiers are shown of a signing key (RFC 7517). */
export interface PublicKey extends JWK {
  kid: string
}

/** A signing key as it rests in the database. */
export interface StoredKey {
  kid: string
  publicJwk: PublicKey
  sealed: Buffer
  sealedWith: string
  signsFrom: Date
  signsUntil: Date
}

/** A key that this process can sign with. */
export interface Signer {
  kid: string
  privateKey: CryptoKey
}

/** Days in which a key signs. */
export const keyLifetimeDays = 90

/** Its successor is shown this long before it signs, so that every copy of the key set has it by then. */
export const shownBeforeHours = 24

/** A key is shown for as long after its last signature: an access token's life, and clocks that differ. */
export const shownAfterMinutes = 10
