import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { siblingOf } from '../../engine/files.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import { fileHeader } from './entry.ts'
import { gzipSeal, Sealing, tarSeal } from './seal.ts'

/** Takes entries one by one, and holds no more than one of them in memory. */
export interface ArchiveWriter {
  add(name: string, content: Buffer): Promise<void>
}

/**
 * Writes a sealed archive to `path`, gzipped when that ends in `.gz`: to a sibling first, which is synced and renamed
 * when `fill` is done and `check` has seen it. Mode 0600. On any failure nothing is left.
 */
export async function writeArchive(
  path: string,
  fill: (writer: ArchiveWriter) => Promise<void>,
  check: (path: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const sibling = siblingOf(path)
  try {
    await stream(sibling, path.endsWith('gz'), fill, signal)
    await check(sibling)
    await rename(sibling, path)
  } catch (error) {
    await rm(sibling, { force: true })
    signal.throwIfAborted()
    throw describeSystemError(error, `writing ${path}`)
  }
}

async function stream(
  path: string,
  gzipped: boolean,
  fill: (writer: ArchiveWriter) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const tar = pack()
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  const squeeze = gzipped ? [createGzip(), new Sealing(gzipSeal)] : []
  const broken = new AbortController()
  const written = pipeline([Readable.from(tar), new Sealing(tarSeal), ...squeeze, target], {
    signal: AbortSignal.any([signal, broken.signal]),
  })
  // A full disk must end `fill`, which would wait for room in the pipe for ever.
  const failed = written.then(() => new Promise<never>(() => {}))
  try {
    await Promise.race([fill({ add: (name, content) => addTo(tar, name, content) }), failed])
    tar.finalize()
    await written
  } catch (error) {
    broken.abort(error)
    tar.destroy()
    await written.catch(() => {})
    throw error
  }
  await sync(path)
}

function addTo(tar: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(fileHeader(name, content.length), content, (error) => (error ? reject(error) : resolve()))
  })
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
