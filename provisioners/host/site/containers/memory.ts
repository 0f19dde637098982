import { readFile } from 'node:fs/promises'

/**
 * Bytes that a container holds, by the number of its first process: the group of a container is its own, whoever manages
 * groups. Undefined where nobody counts. Both versions of control groups (cgroups(7)).
 */
export async function memoryOf(pid: number): Promise<number | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
  const first = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1]
  const second = /^0::(.*)$/m.exec(groups)?.[1]
  const file =
    first === undefined
      ? `/sys/fs/cgroup${second}/memory.current`
      : `/sys/fs/cgroup/memory${first}/memory.usage_in_bytes`
  const bytes = Number(await readFile(file, 'utf8').catch(() => Number.NaN))
  return bytes > 0 ? bytes : undefined
}
