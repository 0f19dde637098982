import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mountOverlay, unmountUnder } from '../box/mounts.ts'
import { must } from '../box/run.ts'

/** The file system of a machine: read-only layers, and one of its own above them. */
export interface Layers {
  /** The folder of the machine in the lab. */
  folder: string
  /** The layers below, the uppermost first. */
  below: readonly string[]
  /** Where it is mounted. */
  root: string
}

/**
 * Mounts it. With `diskMb` all that the machine writes goes to a disk of that size, which can fill up; with `exports` its files have
 * handles, by which a server of files finds them.
 */
export async function makeLayers(
  folder: string,
  below: readonly string[],
  { diskMb, exports = false }: { diskMb?: number | undefined; exports?: boolean | undefined } = {},
): Promise<Layers> {
  await mkdir(folder, { recursive: true })
  if (diskMb) await mountDisk(folder, diskMb)
  const handles = exports ? ['index=on', 'nfs_export=on'] : []
  return { folder, below, root: await mountOverlay(diskMb ? join(folder, 'disk') : folder, below, handles) }
}

async function mountDisk(folder: string, diskMb: number): Promise<void> {
  const [image, disk] = [join(folder, 'disk.img'), join(folder, 'disk')]
  await must(['truncate', '--size', `${diskMb}M`, image])
  await must(['mkfs.ext4', '-q', '-F', '-m', '0', image])
  await mkdir(disk)
  await must(['mount', '-o', 'loop', image, disk])
}

/** What a machine has written, as a layer for others. The machine must be off. */
export async function copyUpper({ root }: Layers, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  // Whiteouts and the marks of overlayfs are device nodes and extended attributes: cp of coreutils keeps them.
  await must(['cp', '-a', `${join(root, '..', 'upper')}/.`, to], { timeoutMs: 300_000 })
}

export async function removeLayers(folder: string): Promise<void> {
  await unmountUnder(folder)
  await must(['rm', '-rf', folder])
}
