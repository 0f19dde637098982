import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { foldersUnder, type Group, processesIn } from '../box/cgroups.ts'

/** In bytes. */
export interface MemoryUse {
  /** Proportional set sizes of all its processes, summed: what it would take alone. */
  total: number
  /** The same by unit: 'nginx.service'. */
  units: Record<string, number>
  /** The most that its control group has held since it was made, caches of files included. */
  peak: number
  /** Processes that the kernel has killed because the limit was reached. */
  oomKills: number
}

const files = {
  1: { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', events: 'memory.oom_control' },
  2: { limit: 'memory.max', peak: 'memory.peak', events: 'memory.events' },
}

function memoryIn({ memory }: Group): { folder: string; limit: string; peak: string; events: string } {
  if (!memory) throw new Error('this box has no control group hierarchy that limits memory')
  return { folder: memory.folder, ...files[memory.version] }
}

/** The box's swap is none of a machine's business, and the boxes of tests have none. */
export async function limitMemory(group: Group, megabytes: number): Promise<void> {
  const { folder, limit } = memoryIn(group)
  await writeFile(join(folder, limit), String(megabytes * 1024 * 1024))
}

export async function memoryOf(group: Group): Promise<MemoryUse> {
  const { folder, peak, events } = memoryIn(group)
  const units: Record<string, number> = {}
  let total = 0
  const payload = join(group.folders[0] ?? '', 'payload')
  for (const it of await foldersUnder(payload)) {
    const bytes = (await Promise.all((await processesIn(it)).map(proportionalSetSize))).reduce((a, b) => a + b, 0)
    total += bytes
    const unit = it
      .slice(payload.length)
      .split('/')
      .findLast((part) => /\.(service|scope)$/.test(part))
    if (unit) units[unit] = (units[unit] ?? 0) + bytes
  }
  const told = await readFile(join(folder, events), 'utf8')
  return {
    total,
    units,
    peak: Number(await readFile(join(folder, peak), 'utf8')),
    oomKills: Number(/^oom_kill (\d+)$/m.exec(told)?.[1] ?? 0),
  }
}

/** 0 for a process that has ended in the meantime (proc(5), smaps_rollup). */
async function proportionalSetSize(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024
}
