import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describeSystemError } from './system-error.ts'

/**
 * Writes a file as a whole or not at all: a sibling is written, synced to the disk and renamed over `path`. A reader
 * sees the old content or the new, and the mode is right from the first byte on.
 *
 * @param prepare Called with the sibling before it is renamed: gives it to its owner, for example.
 * @throws BookstoreError 'disk-full', 'not-permitted' and the like; nothing is left behind then.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  mode = 0o644,
  prepare?: (sibling: string) => Promise<void>,
): Promise<void> {
  const sibling = siblingOf(path)
  try {
    await writeSynced(sibling, data, mode)
    await prepare?.(sibling)
    await rename(sibling, path)
  } catch (error) {
    // Where nothing may be written nothing may be removed either; the first error is the one to tell.
    await rm(sibling, { force: true }).catch(() => {})
    throw describeSystemError(error, `writing ${path}`)
  }
}

/** A folder for its owner alone, in folders that all may enter. One that is there stays as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw describeSystemError(error, `making ${path}`)
  })
}

/** A new file with its content, synced. Fails with EEXIST when it is there. */
export async function writeSynced(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A name in the same folder that nobody else uses; hidden, so that a glob over the folder passes it by. */
export function siblingOf(path: string): string {
  const slash = path.lastIndexOf('/') + 1
  return `${path.slice(0, slash)}.${path.slice(slash)}.${process.pid}.${randomBytes(4).toString('hex')}`
}
