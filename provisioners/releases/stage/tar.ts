import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import { fileHeader } from '../../backups/archive/entry.ts'
import { checked } from './archive.ts'

/** A file of a tar: its content, or where it lies and what it must be. */
export type TarEntry = { name: string; mode: number } & (
  | { content: Buffer }
  | { path: string; sha256: string; size: number }
)

/** A tar of files that is the same whenever it is made. */
export function tarOf(entries: AsyncIterable<TarEntry>): Readable {
  const tar = pack()
  fill(tar, entries).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  )
  return Readable.from(tar)
}

async function fill(tar: Pack, entries: AsyncIterable<TarEntry>): Promise<void> {
  for await (const entry of entries) {
    const size = 'content' in entry ? entry.content.length : entry.size
    const sink = tar.entry({ ...fileHeader(entry.name, size), mode: entry.mode })
    await pipeline('content' in entry ? [entry.content] : checked(entry.path, entry.sha256), sink)
  }
}
