import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Host, UnitState } from '../host.ts'
import { isRunning } from './unit.ts'

/** How a unit of somebody else's was before we changed it. */
interface Before {
  enabled: boolean
  running: boolean
}

/** To be called before each change of a unit that is not ours; the first call counts. */
export async function rememberUnit(host: Host, unit: string, state: UnitState): Promise<void> {
  if (await read(host, unit)) return
  const before: Before = { enabled: state.file === 'enabled', running: isRunning(state) }
  await mkdir(join(host.memory, 'units'), { recursive: true, mode: 0o700 })
  await writeFileAtomic(fileOf(host, unit), `${JSON.stringify(before)}\n`, 0o600)
}

/** One that we never changed stays as it is. */
export async function restoreUnit(host: Host, unit: string): Promise<void> {
  const before = await read(host, unit)
  if (!before) return
  // 1 and 5: the unit is gone, with its package.
  await host.run(['systemctl', before.enabled ? 'enable' : 'disable', '--quiet', '--', unit], { accept: [0, 1] })
  await host.run(['systemctl', before.running ? 'start' : 'stop', '--', unit], { accept: [0, 5] })
  await rm(fileOf(host, unit), { force: true })
}

async function read(host: Host, unit: string): Promise<Before | undefined> {
  const text = await readFile(fileOf(host, unit), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Before)
}

function fileOf(host: Host, unit: string): string {
  return join(host.memory, 'units', `${encodeURIComponent(unit)}.json`)
}
