import { addAbortSignal, pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress } from 'node:zlib'
import { z } from 'zod'
import { BookstoreError } from '../../engine/errors.ts'
import { parseReleaseManifest, type ReleaseManifest, releaseId } from '../manifest.ts'
import { ByteReader } from './byte-reader.ts'

/** What stands at the start of an upload; the contents of `files` follow in this order. */
export interface Upload {
  manifest: ReleaseManifest
  manifestBytes: Buffer
  /** SHA-256 of each content that follows. */
  files: readonly string[]
  reader: ByteReader
}

const header = z.strictObject({
  format: z.literal(1),
  manifest: z.int().min(2).max(8_388_608),
  files: z.array(z.string()),
})

/** Longest first line: room for 10,000 digests. */
const longestHeader = 700_000

/**
 * Reads the start of what `releaseArchive` made.
 * @throws BookstoreError 'upload-cut-short', 'upload-damaged'; also `reader` does, later.
 */
export async function openUpload(archive: Readable, id: string, signal: AbortSignal): Promise<Upload> {
  const reader = new ByteReader(decompressed(archive, signal))
  const line = await reader.line(longestHeader)
  if (line === undefined) throw cutShort()
  const { manifest: size, files } = parseHeader(line)
  const manifestBytes = await collect(reader.take(size))
  if (manifestBytes.length < size) throw cutShort()
  if (releaseId(manifestBytes) !== id) throw damaged('its manifest is not that of the release')
  return { manifest: parseReleaseManifest(manifestBytes), manifestBytes, files, reader }
}

function parseHeader(line: string): z.output<typeof header> {
  try {
    return header.parse(JSON.parse(line))
  } catch (cause) {
    throw damaged('it does not begin as one', cause)
  }
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function* decompressed(archive: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* pipeline(addAbortSignal(signal, archive), createBrotliDecompress(), () => {}) as AsyncIterable<Buffer>
  } catch (error) {
    signal.throwIfAborted()
    const { code, message } = error as { code?: string; message?: string }
    throw code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE' ? cutShort(error) : damaged(message, error)
  }
}

export function cutShort(cause?: unknown): BookstoreError {
  return new BookstoreError(
    'The upload of the release ended before it was whole. Nothing on the machine was changed.',
    {
      code: 'upload-cut-short',
      fault: 'remote',
      hint: 'Run the same command again: what has arrived is not sent again.',
      cause,
    },
  )
}

export function damaged(why = 'it cannot be read', cause?: unknown): BookstoreError {
  return new BookstoreError(
    `The upload of the release was damaged on its way: ${why}. Nothing on the machine was changed.`,
    {
      code: 'upload-damaged',
      fault: 'remote',
      hint: 'Run the same command again.',
      cause,
    },
  )
}
