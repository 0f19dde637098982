import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removeGroups } from './box/cgroups.ts'
import { unmountUnder } from './box/mounts.ts'
import { removeNetwork } from './box/network.ts'
import { folderOf } from './record.ts'

/**
 * Removes all of a lab, by its id alone: its processes, networks, mounts and folder. `lab.close()` is this, and so is what
 * the next lab does for one whose owner was killed. Absence is fine.
 */
export async function sweep(id: string): Promise<void> {
  await removeGroups(id)
  await removeNetwork(id)
  await unmountUnder(folderOf(id))
  await forgetNspawn(id)
  await rm(folderOf(id), { recursive: true, force: true })
}

/** systemd-nspawn keeps a folder for each machine, and does not remove it when it is killed. */
async function forgetNspawn(id: string): Promise<void> {
  const folder = '/run/systemd/nspawn/propagate'
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((it) => it.startsWith(`bl${id}-`))) await rm(join(folder, name), { recursive: true })
}
