import { mkdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { environmentFile } from '../../../../templates/systemd/environment-file.ts'
import { writeFileAtomic } from '../../../engine/files.ts'
import { environmentOf, serviceOf } from '../../../shop/services.ts'
import { machine, type Slot, slotPlaces, slots } from '../../layout.ts'
import { slotFolder } from '../nginx/settings.ts'
import { type Process, processesOf, processName } from '../units.ts'
import { type ShopSettings, shopSchema } from './settings.ts'

/** What a slot was last prepared for. */
export interface PreparedSlot {
  slot: Slot
  settings: ShopSettings
}

export const otherSlot = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue')

/** The slot that serves; undefined before the first activation. */
export async function activeSlot(): Promise<PreparedSlot | undefined> {
  const target = basename(await readlink(machine.active).catch(() => ''))
  const slot = slots.find((each) => each === target)
  return slot && preparedSlot(slot)
}

/** `undefined` for a slot that never was used, or whose record another bookstore wrote. */
export async function preparedSlot(slot: Slot): Promise<PreparedSlot | undefined> {
  const text = await readFile(recordFile(slot), 'utf8').catch(() => undefined)
  const settings = text === undefined ? undefined : shopSchema.safeParse(JSON.parse(text)).data
  return settings && { slot, settings }
}

const recordFile = (slot: Slot) => join(slotFolder(slot), 'settings.json')

/** Leaves all files ready from which the slot's processes start. None of them runs. */
export async function prepareSlot({ slot, settings }: PreparedSlot): Promise<void> {
  const processes = processesOf(slot, settings.instances, settings.runtime)
  const folder = slotFolder(slot)
  await link(join(machine.releases, settings.release), join(machine.slots, slot))
  await rm(join(folder, 'workers'), { recursive: true, force: true })
  for (const process of processes) {
    const instance = `${slot}-${process.number}`
    // A unit knows its instance alone, not the two parts of it.
    await link(slot, join(machine.slots, instance))
    await write(
      join(machine.environments, process.service, instance),
      environmentFile(environmentOfProcess(process, settings)),
      0o640,
    )
    await write(join(folder, 'workers', instance), environmentFile({ BOOKSTORE_WORKERS: 'awake' }))
  }
  await write(recordFile(slot), `${JSON.stringify(settings, undefined, 1)}\n`)
  // What NGINX looks for behind the link `active`.
  await write(join(folder, slot), '')
}

/** Workers sleep unless the slot serves: `active/workers` says so, over this. */
export function environmentOfProcess(process: Process, settings: ShopSettings): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LANG: 'C.UTF-8',
    // Freed memory goes back, instead of to a pool for each thread.
    MALLOC_ARENA_MAX: '2',
    BOOKSTORE_WORKERS: 'asleep',
    BOOKSTORE_DATABASE_POOL: String(settings.pool),
    ...environmentOf(
      serviceOf(process.service),
      processName(process),
      settings,
      slotPlaces(process.slot, settings.database),
    ),
  }
}

/**
 * From now on NGINX sends every request to this slot, and its processes start with their workers awake; or nobody is
 * served, as before the first release.
 */
export async function switchTo(slot: Slot | undefined): Promise<void> {
  if (slot === undefined) return rm(machine.active, { force: true })
  await link(join('slots', slot), machine.active)
}

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFileAtomic(path, text, mode)
}

/** Replaces a link in one step. */
async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return
  await mkdir(join(path, '..'), { recursive: true })
  const sibling = `${path}.new`
  await rm(sibling, { force: true })
  await symlink(target, sibling)
  await rename(sibling, path)
}
