import type { Readable } from 'node:stream'
import { BookstoreError } from '../../engine/errors.ts'
import type { Inventory } from '../inventory.ts'
import type { ReleaseFile } from '../manifest.ts'
import type { Release } from '../release.ts'
import { releaseArchive } from './archive.ts'

/** What has to be sent so that a machine has a release. */
export interface StagePlan {
  id: string
  /** True when the release is there as a whole. */
  staged: boolean
  /** One of each content that the machine lacks, in the order in which they are sent. */
  files: readonly ReleaseFile[]
  /** Their size before compression. */
  bytes: number
  /** What `unpackRelease` on the machine reads. Each call reads the files anew. */
  archive(): Readable
}

/**
 * Compares a release with what a machine has. Reads nothing yet.
 * @throws BookstoreError 'wrong-architecture'.
 */
export function stagePlan(release: Release, inventory: Inventory): StagePlan {
  const { id, manifest } = release
  if (manifest.architecture !== inventory.architecture) throw wrongArchitecture(release, inventory)
  const staged = inventory.releases.includes(id)
  const files = staged ? [] : lacking(manifest.files, inventory.files)
  return {
    id,
    staged,
    files,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    archive: () => releaseArchive(release, files),
  }
}

function lacking(files: readonly ReleaseFile[], present: readonly string[]): readonly ReleaseFile[] {
  const seen = new Set(present)
  return files.filter(({ sha256 }) => {
    const wanted = !seen.has(sha256)
    seen.add(sha256)
    return wanted
  })
}

function wrongArchitecture({ id, manifest }: Release, { architecture }: Inventory): BookstoreError {
  return new BookstoreError(`The release ${id} is for ${manifest.architecture}, and this machine is ${architecture}.`, {
    code: 'wrong-architecture',
    fault: 'user',
    hint: `Build one for it: bookstore build --arch ${architecture}`,
  })
}
