import { readFileSync, rmSync } from 'node:fs'
import { commandOf, workersIn, workingFolderOf, worksIn } from '../os-process.ts'

/**
 * Removes a pid file whose owner is gone. PostgreSQL does this itself unless the pid lives on as another
 * process of the same user, as it may after a reboot; then it would refuse to start for good.
 */
export function removeStaleLock({ file, folder }: { file: string; folder: string }): void {
  const pid = pidIn(file)
  if (pid === undefined || isOwner(pid, folder) || workersIn(folder).length > 0) return
  rmSync(file, { force: true })
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0])
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isOwner(pid: number, folder: string): boolean {
  // Without /proc the name of the program is the best that can be had.
  const unknown = workingFolderOf(pid) === undefined
  return unknown ? (commandOf(pid) ?? '').includes('postgres') : worksIn(pid, folder)
}
