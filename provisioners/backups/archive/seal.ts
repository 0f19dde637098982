import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { pack } from 'tar-stream'
import { damaged } from '../manifest.ts'
import { fileHeader, sealName } from './entry.ts'

/** How a stream of bytes ends when it is sealed: with a digest of all that came before, in a form its format allows. */
export interface Seal {
  /** Length of what an unsealed stream ends with and the seal takes the place of. */
  replaces: number
  length: number
  of(digest: string): Promise<Buffer>
}

/** Two blocks of zeros end a tar file (POSIX.1-2017, pax, ustar interchange format). */
const trailerBytes = 1024

/** A last entry with the digest, and the trailer. */
export const tarSeal: Seal = {
  replaces: trailerBytes,
  length: 512 + 512 + trailerBytes,
  async of(digest) {
    const tar = pack()
    tar.entry(fileHeader(sealName, digest.length), digest)
    tar.finalize()
    const chunks: Buffer[] = []
    for await (const chunk of tar) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  },
}

/** Magic, deflate, FCOMMENT, no time, system unknown; an empty block, CRC and length of nothing (RFC 1952, 2.3). */
const memberStart = Buffer.from('1f8b08100000000000ff', 'hex')
const memberEnd = Buffer.from('0003000000000000000000', 'hex')

/**
 * A second, empty member that carries the digest as its comment. gzip's own checksum is of the content, and some
 * changes of the compressed bytes leave that as it was.
 */
export const gzipSeal: Seal = {
  replaces: 0,
  length: memberStart.length + 64 + memberEnd.length,
  of: async (digest) => Buffer.concat([memberStart, Buffer.from(digest), memberEnd]),
}

/** Passes bytes on and hashes them, except for the last `held` ones. */
abstract class HoldingBack extends Transform {
  readonly #hash = createHash('sha256')
  readonly #held: number
  #tail = Buffer.alloc(0)

  constructor(held: number) {
    super()
    this.#held = held
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const all = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    const passed = Math.max(0, all.length - this.#held)
    this.#tail = Buffer.from(all.subarray(passed))
    if (passed > 0) this.#pass(all.subarray(0, passed))
    done()
  }

  override _flush(done: TransformCallback): void {
    this.finish(this.#tail, this.#hash.digest('hex')).then(
      (last) => {
        this.push(last)
        done()
      },
      (error: Error) => done(error),
    )
  }

  #pass(bytes: Buffer): void {
    this.#hash.update(bytes)
    this.push(bytes)
  }

  /** @returns What comes last, in place of what was held back. */
  protected abstract finish(tail: Buffer, digest: string): Promise<Buffer>
}

/** Ends a stream with its seal. */
export class Sealing extends HoldingBack {
  readonly #seal: Seal

  constructor(seal: Seal) {
    super(seal.replaces)
    this.#seal = seal
  }

  protected finish(_tail: Buffer, digest: string): Promise<Buffer> {
    return this.#seal.of(digest)
  }
}

/** Passes a sealed stream on, and fails with 'backup-damaged' at its end when the seal is not that of its bytes. */
export class Unsealing extends HoldingBack {
  readonly #seal: Seal

  constructor(seal: Seal) {
    super(seal.length)
    this.#seal = seal
  }

  protected async finish(tail: Buffer, digest: string): Promise<Buffer> {
    if (tail.equals(await this.#seal.of(digest))) return tail
    throw damaged('its bytes are not those that were written')
  }
}
