import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/**
 * Names one process for good: a process id alone is used again by later processes. `boot` and `started` are undefined
 * where there is no /proc.
 */
export interface ProcessIdentity {
  pid: number
  host: string
  /** Identifier of this boot of the computer. */
  boot?: string
  /** Start time in clock ticks since boot (proc(5), field 22 of stat). */
  started?: string
}

export async function identify(pid: number): Promise<ProcessIdentity> {
  const [boot, found] = await Promise.all([bootOf(), lookAt(pid)])
  const started = found?.started
  return { pid, host: hostname(), ...(boot ? { boot } : {}), ...(started ? { started } : {}) }
}

/** 'elsewhere' when it belongs to another computer, about which we cannot know. */
export async function stateOf(identity: ProcessIdentity): Promise<'running' | 'gone' | 'elsewhere'> {
  if (identity.host !== hostname()) return 'elsewhere'
  if (identity.boot !== undefined && identity.boot !== ((await bootOf()) ?? identity.boot)) return 'gone'
  if (!exists(identity.pid)) return 'gone'
  const found = await lookAt(identity.pid)
  if (found === undefined) return 'running'
  const same = identity.started === undefined || identity.started === found.started
  return same && !found.ended ? 'running' : 'gone'
}

/** Signal 0 asks without sending; EPERM means that it is there and another user's. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Undefined without /proc, or where it hides other users' processes. */
async function lookAt(pid: number): Promise<{ started: string | undefined; ended: boolean } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // The command's name, in parentheses, may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Z: it has ended, and its parent has not asked how yet. It will do nothing more.
  return { started: fields[19], ended: fields[0] === 'Z' || fields[0] === 'X' }
}

async function bootOf(): Promise<string | undefined> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined))?.trim()
}
