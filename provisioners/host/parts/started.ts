import { createHash } from 'node:crypto'
import { lstat, readFile, readlink } from 'node:fs/promises'
import type { Host, UnitState } from '../host.ts'
import { Notes } from './notes.ts'

/** Files that a unit reads when it starts, and those that it also reads when it is reloaded. */
export interface Inputs {
  restartOn: readonly string[]
  reloadOn: readonly string[]
}

/** What has to be done with a running unit to make it read its files again. */
export type Staleness = 'restart' | 'reload' | undefined

interface Start {
  invocation: string
  restart: string
  reload: string
}

/** What the files hold now; to be taken before the unit reads them. */
export async function digestInputs({ restartOn, reloadOn }: Inputs): Promise<Omit<Start, 'invocation'>> {
  const [restart, reload] = await Promise.all([digest(restartOn), digest(reloadOn)])
  return { restart, reload }
}

export async function recordStart(host: Host, unit: string, start: Start): Promise<void> {
  await notes(host).write(unit, start)
}

export async function forgetStart(host: Host, unit: string): Promise<void> {
  await notes(host).forget(unit)
}

const notes = (host: Host) => new Notes<Start>(host.memory, 'started')

/**
 * Whether files of a running unit have changed since it read them. When we started it ourselves we know what it read; after
 * a start of somebody else's, or a reboot, the files' times have to tell.
 */
export async function staleness(host: Host, unit: string, state: UnitState, inputs: Inputs): Promise<Staleness> {
  const start = await notes(host).read(unit)
  if (start?.invocation !== state.invocation) return newerThan(state.since, inputs)
  const now = await digestInputs(inputs)
  if (now.restart !== start.restart) return 'restart'
  return now.reload === start.reload ? undefined : 'reload'
}

async function newerThan(since: number, { restartOn, reloadOn }: Inputs): Promise<Staleness> {
  const newest = async (paths: readonly string[]) => Math.max(0, ...(await Promise.all(paths.map(changedAt))))
  if ((await newest(restartOn)) > since) return 'restart'
  return (await newest(reloadOn)) > since ? 'reload' : undefined
}

async function changedAt(path: string): Promise<number> {
  return lstat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

async function digest(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths.toSorted()) hash.update(`${path}\0${await contentOf(path)}\0`)
  return hash.digest('hex')
}

/** A link stands for where it leads: what it leads to is never changed in place. */
async function contentOf(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined)
  if (found?.isSymbolicLink()) return `-> ${await readlink(path)}`
  return found?.isFile() ? readFile(path, 'base64') : 'absent'
}
