import type { Host, UnitState } from '../host.ts'
import { Notes } from './notes.ts'
import { isRunning } from './unit.ts'

/** How a unit of somebody else's was before we changed it, as far as we did. */
interface Before {
  enabled?: boolean
  running?: boolean
}

const notes = (host: Host) => new Notes<Before>(host.memory, 'units')

/** To be called before each change of a unit that is not ours; the first call counts. */
export async function rememberUnit(
  host: Host,
  unit: string,
  state: UnitState,
  changes: { enabled?: boolean | undefined; running?: boolean | undefined },
): Promise<void> {
  if (await notes(host).read(unit)) return
  await notes(host).write(unit, {
    ...(changes.enabled === undefined ? {} : { enabled: state.file === 'enabled' }),
    ...(changes.running === undefined ? {} : { running: isRunning(state) }),
  })
}

/** One that we never changed stays as it is. */
export async function restoreUnit(host: Host, unit: string): Promise<void> {
  const { enabled, running } = (await notes(host).read(unit)) ?? {}
  // 1 and 5: the unit is gone, with its package.
  if (enabled !== undefined) {
    await host.run(['systemctl', enabled ? 'enable' : 'disable', '--quiet', '--', unit], { accept: [0, 1] })
  }
  if (running !== undefined) await host.run(['systemctl', running ? 'start' : 'stop', '--', unit], { accept: [0, 5] })
  await notes(host).forget(unit)
}
