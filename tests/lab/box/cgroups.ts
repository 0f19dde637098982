import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './until.ts'

interface Hierarchies {
  /** Mount points of those in which each process of a lab gets its group. */
  all: string[]
  memory: { folder: string; version: 1 | 2 } | undefined
  /** Version 2: it has `cgroup.freeze`. */
  unified: string | undefined
  /** Of version 1, beside those: what Docker makes groups in. Not `cpuset`, whose groups take nobody in at first. */
  others: string[]
}

/**
 * Everything that a lab starts lives in a control group of its own, in each hierarchy that matters: systemd's, so that two
 * machines do not share one; memory's, which measures and limits; version 2's, which freezes.
 */
export interface Group {
  folders: string[]
  memory: { folder: string; version: 1 | 2 } | undefined
  unified: string | undefined
}

const groupOf = (lab: string, name: string) => join(`bookstore-lab-${lab}`, name)

async function hierarchies(): Promise<Hierarchies> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n').map(parseMount)
  const unified = mounts.find((it) => it.type === 'cgroup2')?.path
  const named = mounts.find((it) => it.type === 'cgroup' && it.options.includes('name=systemd'))?.path
  const first = mounts.find((it) => it.type === 'cgroup' && it.options.includes('memory'))?.path
  const all = [...new Set([unified, named, first])].filter((it) => it !== undefined)
  const others = mounts
    .filter((it) => it.type === 'cgroup' && !all.includes(it.path) && !it.options.includes('cpuset'))
    .map((it) => it.path)
  if (first) return { all, others, unified, memory: { folder: first, version: 1 } }
  const controllers = unified ? await readFile(join(unified, 'cgroup.controllers'), 'utf8') : ''
  const second = unified && controllers.split(/\s/).includes('memory')
  return { all, others, unified, memory: second ? { folder: unified, version: 2 } : undefined }
}

function parseMount(line: string): { path: string; type: string; options: string[] } {
  const [before = '', after = ''] = line.split(' - ')
  const [type = '', , options = ''] = after.split(' ')
  return { path: before.split(' ')[4] ?? '', type, options: options.split(',') }
}

/**
 * Makes the group `name` of a lab in every hierarchy that matters, or the lab's own; for containers in the others as well,
 * or those would be the box's.
 */
export async function makeGroup(lab: string, name = '', { containers = false } = {}): Promise<Group> {
  const { all, others, memory, unified } = await hierarchies()
  const inside = (root: string) => join(root, groupOf(lab, name))
  const roots = containers ? [...all, ...others] : all
  for (const root of roots) await mkdir(inside(root), { recursive: true })
  if (memory?.version === 2)
    for (const part of ['', groupOf(lab, '')])
      await writeFile(join(memory.folder, part, 'cgroup.subtree_control'), '+memory')
  return {
    folders: roots.map(inside),
    memory: memory && { ...memory, folder: inside(memory.folder) },
    unified: unified && inside(unified),
  }
}

/** An argv that starts `argv` inside of the groups and ends with the process that asked for it. */
export function inGroups(folders: readonly string[], argv: readonly string[]): string[] {
  const join = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"'
  return ['sh', '-c', join, 'sh', ...folders, '--', 'setpriv', '--pdeathsig', 'KILL', ...argv]
}

/** Every process of a lab, or of one group in it. */
async function processesOf(lab: string, name = ''): Promise<number[]> {
  const found = await Promise.all((await foldersOf(lab, name)).map(processesIn))
  return [...new Set(found.flat())]
}

/** Processes directly in a group; none when it is not there. */
export async function processesIn(folder: string): Promise<number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean).map(Number)
}

/** The groups of a lab, or one of them, with all below it in every hierarchy; a parent stands before its children. */
async function foldersOf(lab: string, name: string): Promise<string[]> {
  const { all, others } = await hierarchies()
  return (await Promise.all([...all, ...others].map((root) => foldersUnder(join(root, groupOf(lab, name)))))).flat()
}

/** A folder and all below it, a parent before its children; none when it is not there. */
export async function foldersUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  if (!entries) return []
  const folders = entries.filter((it) => it.isDirectory())
  return [folder, ...(await Promise.all(folders.map((it) => foldersUnder(join(folder, it.name))))).flat()]
}

/** Stops every process of a group at once, or lets them go on. Needs version 2 of control groups. */
export async function freeze(folder: string | undefined, frozen: boolean): Promise<void> {
  if (!folder) throw new Error('this box has no cgroup2 hierarchy, which could freeze processes')
  await writeFile(join(folder, 'cgroup.freeze'), frozen ? '1' : '0')
}

/** Kills what is in the groups of a lab, or in one of them, and removes them. Absence is fine. */
export async function removeGroups(lab: string, name = ''): Promise<void> {
  const { unified } = await hierarchies()
  // What is frozen would not die.
  if (unified) await freeze(join(unified, groupOf(lab, name)), false).catch(() => {})
  await until(`the processes of lab ${lab} are gone`, async () => {
    for (const pid of await processesOf(lab, name)) killQuietly(pid)
    // A group whose last process is just ending is busy for a moment.
    for (const folder of (await foldersOf(lab, name)).reverse()) await rmdir(folder).catch(() => {})
    return (await foldersOf(lab, name)).length === 0
  })
}

/** Absence is fine. */
export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
