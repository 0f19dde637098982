import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Extract, extract } from 'tar-stream'
import { BookstoreError } from '../../engine/errors.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import { damaged } from '../manifest.ts'
import { gzipSeal, tarSeal, Unsealing } from './seal.ts'

/** An entry while it is read: its content must be taken before the next one comes. */
export interface ArchiveEntry {
  name: string
  size: number
  chunks: AsyncIterable<Buffer>
}

/**
 * Reads an archive from its first entry to its seal, in constant memory. Resolves when the seal is that of the bytes.
 * @throws BookstoreError 'backup-damaged', 'backup-missing', or whatever `take` throws.
 */
export async function readArchive(
  path: string,
  take: (entry: ArchiveEntry) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const bytes = await openBytes(path, signal)
  const tar = extract()
  const fed = feed(bytes, tar)
  const source = new Source()
  try {
    for await (const entry of tar) {
      const { name, size } = entry.header
      await source.taking(take({ name, size, chunks: source.watch(entry as AsyncIterable<Buffer>) }))
      entry.resume()
    }
    await fed
  } catch (error) {
    bytes.destroy()
    await fed.catch(() => {})
    signal.throwIfAborted()
    throw source.isTakers(error) ? error : asDamage(error)
  }
}

/** Tells the faults of the file from those of whoever takes what is in it: both come out of `take`. */
class Source {
  #fault: unknown
  #takers: unknown

  async *watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks
    } catch (error) {
      this.#fault = error
      throw error
    }
  }

  async taking(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (error !== this.#fault) this.#takers = error
      throw error
    }
  }

  isTakers(error: unknown): boolean {
    return error === this.#takers
  }
}

/** The bytes of the tar file. Errors reach whoever iterates over the last stream. */
async function openBytes(path: string, signal: AbortSignal): Promise<Readable> {
  const file = createReadStream(path, { signal, highWaterMark: 1 << 18 })
  const start = await firstBytes(path)
  const squeezed = start[0] === 0x1f && start[1] === 0x8b ? [new Unsealing(gzipSeal), createGunzip()] : []
  return pipeline([file, ...squeezed, new Unsealing(tarSeal)], () => {}) as unknown as Readable
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      return (await file.read(Buffer.alloc(2), 0, 2, 0)).buffer
    } finally {
      await file.close()
    }
  } catch (error) {
    throw describeMissing(path, error)
  }
}

function describeMissing(path: string, error: unknown): BookstoreError {
  if ((error as { code?: string }).code !== 'ENOENT') return describeSystemError(error, `reading ${path}`)
  return new BookstoreError(`There is no file ${path}.`, {
    code: 'backup-missing',
    fault: 'user',
    hint: 'Give the path of a file that bookstore db backup has written.',
  })
}

/** What the pipe brings goes to the parser, no faster than that takes it. */
async function feed(bytes: AsyncIterable<Buffer>, tar: Extract): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (!tar.write(chunk)) await new Promise<void>((resolve) => whenFree(tar, resolve))
    }
    tar.end(null)
  } catch (error) {
    tar.destroy(error as Error)
    throw error
  }
}

function whenFree(tar: Extract, resolve: () => void): void {
  const go = () => {
    tar.off('drain', go)
    tar.off('close', go)
    resolve()
  }
  tar.on('drain', go)
  tar.on('close', go)
}

/** Whatever zlib or the parser says about the bytes, the file is not what was written. */
function asDamage(error: unknown): BookstoreError {
  if (error instanceof BookstoreError) return error
  const { code, message } = error as { code?: string; message?: string }
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return describeSystemError(error, 'reading the backup')
  return damaged(code === 'Z_BUF_ERROR' ? 'it ends too early' : (message ?? 'it cannot be read'), error)
}
