import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { siblingOf } from '../../engine/files.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import { manifestName, serialize } from '../manifest.ts'
import type { Release } from '../release.ts'
import { type TarEntry, tarOf } from '../stage/tar.ts'

/**
 * Writes a release as one gzipped tar whose only folder has the release's id as its name: for a registry of artefacts,
 * or a machine that nothing but a file reaches. A file that is there is replaced, when all is written.
 *
 * @throws BookstoreError 'release-damaged', 'disk-full' and the like. Nothing half-written stays.
 */
export async function writeReleaseFile(release: Release, file: string, signal: AbortSignal): Promise<void> {
  const sibling = siblingOf(file)
  try {
    await pipeline(tarOf(entriesOf(release)), createGzip(), createWriteStream(sibling, { flags: 'wx' }), { signal })
    await rename(sibling, file)
  } catch (error) {
    await rm(sibling, { force: true }).catch(() => {})
    signal.throwIfAborted()
    throw describeSystemError(error, `writing ${file}`)
  }
}

async function* entriesOf({ id, folder, manifest }: Release): AsyncGenerator<TarEntry> {
  yield { name: `${id}/${manifestName}`, mode: 0o644, content: serialize(manifest) }
  for (const { path, ...file } of manifest.files) yield { name: `${id}/${path}`, path: join(folder, path), ...file }
}
