import { type CryptoKey, importJWK, importPKCS8 } from 'jose'
import type { Database } from '../../kit/database.ts'
import { type KeySource, tokenAlgorithm } from '../../kit/guard.ts'
import type { Log } from '../../kit/log.ts'
import { unavailable } from '../../kit/problem.ts'
import type { PublicKey, Signer, StoredKey } from './entity.ts'
import { makeKey } from './make-key.ts'
import { insertKey, lastKeyEnd, listKeys, lockKeys } from './repository.ts'
import type { Seal } from './seal.ts'

/** Kids that we do not have make us read again, but no more often than this. */
const rereadAfterMs = 1_000

interface OpenedKey extends StoredKey {
  publicKey: CryptoKey
  /** Undefined when another credential sealed it: its tokens are still verified, but it signs no more. */
  privateKey: CryptoKey | undefined
}

/** The signing keys, shared by all instances through the database and kept in memory. */
export class KeyRing implements KeySource {
  readonly #db: Database
  readonly #seal: Seal
  readonly #log: Log
  #keys: readonly OpenedKey[] = []
  /** When a kid that we did not have made us read; the reads of our own pace do not count. */
  #missedAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined
  #providing: Promise<void> | undefined

  constructor(db: Database, seal: Seal, log: Log) {
    this.#db = db
    this.#seal = seal
    this.#log = log
  }

  async key(id: string): Promise<CryptoKey | undefined> {
    const known = this.#find(id)
    if (known) return known.publicKey
    if (!this.#reading && performance.now() - this.#missedAt < rereadAfterMs) return undefined
    this.#missedAt = performance.now()
    await this.refresh()
    return this.#find(id)?.publicKey
  }

  /** The key that signs now, made where there is none. @throws Problem 503 when that cannot be. */
  async signer(): Promise<Signer> {
    const signer = this.#current()
    if (signer) return signer
    await this.provide()
    const made = this.#current()
    if (made) return made
    throw unavailable('There is no key to sign with.')
  }

  /** What verifiers need: keys that sign, will sign, or have signed tokens that have not expired. */
  async publicKeys(): Promise<readonly PublicKey[]> {
    if (this.#keys.length === 0) await this.refresh()
    return this.#keys.map((key) => key.publicJwk)
  }

  /** Reads all keys. Callers at the same time share one round. */
  async refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  /** Makes the key that is missing, if one is, and reads all of them. Callers at the same time share one round. */
  async provide(): Promise<void> {
    this.#providing ??= this.#provide().finally(() => {
      this.#providing = undefined
    })
    await this.#providing
  }

  #find(id: string): OpenedKey | undefined {
    return this.#keys.find((key) => key.kid === id)
  }

  /**
   * The newest key whose time has come. Where that is none, the first of those to come: our clock is behind the
   * database's, and verifiers are shown that key already.
   */
  #current(): Signer | undefined {
    const now = Date.now()
    const usable = this.#keys.flatMap(({ kid, privateKey, signsFrom, signsUntil }) =>
      privateKey && now < signsUntil.getTime() ? [{ kid, privateKey, hasCome: signsFrom.getTime() <= now }] : [],
    )
    return usable.find(({ hasCome }) => hasCome) ?? usable.at(-1)
  }

  async #provide(): Promise<void> {
    const { lasts } = await lastKeyEnd(this.#db, this.#seal.name)
    if (!lasts) await this.#makeNext()
    // A round that began before the key was made does not have it.
    await this.#reading?.catch(() => undefined)
    await this.refresh()
  }

  async #read(): Promise<void> {
    const stored = await listKeys(this.#db)
    this.#keys = await Promise.all(stored.map((key) => this.#open(key)))
  }

  async #makeNext(): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await lockKeys(tx)
      const { signsUntil, lasts } = await lastKeyEnd(tx, this.#seal.name)
      if (lasts) return
      const key = await makeKey(this.#seal)
      await insertKey(tx, key, signsUntil)
      this.#log.info({ kid: key.kid }, 'made a signing key')
    })
  }

  async #open(key: StoredKey): Promise<OpenedKey> {
    const publicKey = (await importJWK(key.publicJwk, tokenAlgorithm)) as CryptoKey
    return { ...key, publicKey, privateKey: await this.#openPrivate(key) }
  }

  async #openPrivate(key: StoredKey): Promise<CryptoKey | undefined> {
    if (key.sealedWith !== this.#seal.name) {
      if (!this.#find(key.kid)) {
        this.#log.warn({ kid: key.kid }, 'a signing key was sealed with another signing-key-key; it signs no more')
      }
      return undefined
    }
    const pem = this.#seal.open(key.sealed, key.kid).toString()
    return importPKCS8(pem, tokenAlgorithm)
  }
}
