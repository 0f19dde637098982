import { statfs } from 'node:fs/promises'
import { BookstoreError } from '../engine/errors.ts'

/** PostgreSQL cannot go on without room for one more segment of its log, 16 MiB. */
const leastBytes = 17 * 1024 * 1024

/**
 * The error to report after something failed below `folder`: a full disk, if that is what it is, else `error`. Programs
 * say "disk full" in many ways and often die before they say it; the disk itself tells.
 */
export async function orDiskFull(error: unknown, folder: string): Promise<unknown> {
  const disk = await statfs(folder).catch(() => undefined)
  if (!disk || disk.bavail * disk.bsize >= leastBytes) return error
  return new BookstoreError(`The disk that holds ${folder} is full.`, {
    code: 'disk-full',
    fault: 'user',
    hint: 'Free about 500 MB on it, then run the same command again; what is done stays.',
    cause: error,
  })
}
