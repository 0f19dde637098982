import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { kill, platform } from 'node:process'

/** A process, and the moment it began: a pid alone may belong to somebody else by now. */
export interface ProcessId {
  pid: number
  /** Opaque. Clock ticks since boot on Linux (`/proc/<pid>/stat`, field 22), `lstart` of ps elsewhere. */
  start: string
}

const linux = platform === 'linux'

/** The fields of `/proc/<pid>/stat` after the command, which may itself hold blanks and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function ps(field: string, pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } })
    return text.trim() || undefined
  } catch {
    return undefined
  }
}

/** When the process began, or `undefined` when there is none. A zombie has ended: it counts as none. */
export function startOf(pid: number): string | undefined {
  if (!linux) return ps('lstart', pid)
  const fields = statFields(pid)
  return fields && fields[0] !== 'Z' ? fields[19] : undefined
}

export function isAlive(id: ProcessId): boolean {
  return startOf(id.pid) === id.start
}

/** Sends a signal to exactly this process; false when it is gone. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
  return isAlive(id) && send(id.pid, signal)
}

/** Sends a signal to a whole process group; false when it is empty. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return send(-group, signal)
}

function send(target: number, signal: NodeJS.Signals): boolean {
  try {
    return kill(target, signal)
  } catch {
    return false
  }
}

/** Where a process works, or `undefined` when it is gone or not ours to look at. */
export function workingFolderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

/** Whether a process works in a folder, by whatever links it is reached. */
export function worksIn(pid: number, folder: string): boolean {
  return workingFolderOf(pid) === realOf(folder)
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** The program and its arguments, shortened, for a sentence that names who is in the way. */
export function commandOf(pid: number): string | undefined {
  if (!linux) return ps('command', pid)
  const words = argumentsOf(pid)
  return words.length > 0 ? words.join(' ').slice(0, 80) : undefined
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
  } catch {
    return []
  }
}

function allPids(): number[] {
  if (!linux) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** Living members of a process group that work in `folder`. Empty where there is no /proc. */
export function groupMembers(group: number, folder: string): ProcessId[] {
  const real = realOf(folder)
  return identify(allPids().filter((pid) => statFields(pid)?.[2] === String(group) && workingFolderOf(pid) === real))
}

/** Living processes that work in `folder`: the server processes of a database cluster do. */
export function workersIn(folder: string): ProcessId[] {
  const real = realOf(folder)
  return identify(allPids().filter((pid) => workingFolderOf(pid) === real))
}

/** Living processes that were given this text as one of their arguments, or as a part of one. */
export function startedWithArgument(text: string): ProcessId[] {
  return identify(allPids().filter((pid) => argumentsOf(pid).some((argument) => argument.includes(text))))
}

/** Living processes whose environment was started with `NAME=value`. */
export function startedWith(variable: string, value: string): ProcessId[] {
  const entry = `${variable}=${value}`
  return identify(allPids().filter((pid) => environmentOf(pid).includes(entry)))
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function identify(pids: readonly number[]): ProcessId[] {
  return pids.flatMap((pid) => {
    const start = startOf(pid)
    return start === undefined ? [] : [{ pid, start }]
  })
}

/** Bytes of memory that a process, and its descendants, use; shared pages count once (PSS). 0 when unknown. */
export function memoryOf(pid: number, withDescendants = true): number {
  if (linux && !withDescendants) return proportionalSetSize(pid)
  if (!linux) return Number(ps('rss', pid) ?? 0) * 1024
  const parents = new Map(allPids().map((each) => [each, Number(statFields(each)?.[1])]))
  const family = [...parents.keys()].filter((each) => descends(each, pid, parents))
  return family.reduce((sum, each) => sum + proportionalSetSize(each), 0)
}

function descends(pid: number, from: number, parents: ReadonlyMap<number, number>): boolean {
  for (let each: number | undefined = pid; each !== undefined && each > 0; each = parents.get(each)) {
    if (each === from) return true
  }
  return false
}

function proportionalSetSize(pid: number): number {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}
