import { chmod, mkdir, open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'

/** Room that stays for everybody else on the disk: a database that finds none stops. */
const reserve = 64 * 1024 * 1024

/** A folder that everybody may enter, whatever the umask, and the ones above it that were not there. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let each = path; each.length >= first.length; each = dirname(each)) await chmod(each, 0o755)
}

/** @throws BookstoreError 'disk-full' when `bytes` more would leave too little on the disk of `folder`. */
export async function needRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes + reserve) return
  const mb = (count: number) => `${Math.ceil(count / 1e6)} MB`
  throw diskFull(`The release needs ${mb(bytes + reserve)} free on the disk of ${folder}, which has ${mb(free)}.`)
}

export function diskFull(message: string, cause?: unknown): BookstoreError {
  return new BookstoreError(`${message} Nothing on the machine was changed.`, {
    code: 'disk-full',
    fault: 'user',
    hint: 'Free some space on the machine (df -h shows where), then run the same command again.',
    cause,
  })
}

/** Makes what was done in a folder, or written to a file, outlive a power cut. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
