import { statfs } from 'node:fs/promises'
import { BookstoreError } from '../../engine/errors.ts'

/** Lists of packages of Debian and Ubuntu, fetched and unpacked. */
const listsMb = 100

/**
 * Before `apt-get update`: on a full disk it neither ends nor says anything (apt 2.6; its method `store` waits for
 * ever). `apt-get install` counts for itself.
 *
 * @throws BookstoreError 'disk-full'.
 */
export async function requireRoomForLists(folder = '/var/lib/apt'): Promise<void> {
  const disk = await statfs(folder).catch(() => undefined)
  if (!disk) return
  const freeMb = Math.floor((disk.bavail * disk.bsize) / 1e6)
  if (freeMb >= listsMb) return
  throw new BookstoreError(
    `The disk of this machine is full: ${folder} has room for ${freeMb} MB, and its lists of packages take ${listsMb} MB.`,
    {
      code: 'disk-full',
      fault: 'user',
      hint: 'Free some space on the machine (df -h shows where), then run the same command again.',
      details: { folder, freeMb, neededMb: listsMb },
    },
  )
}
