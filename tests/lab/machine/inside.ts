import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inGroups } from '../box/cgroups.ts'
import { type Finished, type RunOptions, run } from '../box/run.ts'

/** Variables of a command entered into a machine. */
const environment = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LC_ALL=C']

/**
 * Runs a command as root in a machine, with no more capabilities than the machine's first process has: entered without
 * this it could set the clock of this box. It goes past network and sshd, and counts as the machine's for memory.
 */
export async function runInside(
  leader: number,
  groups: readonly string[],
  argv: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const enter = ['nsenter', '-t', String(leader), '-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w', '--']
  // nsenter forks: a command whose caller has given up ends with it.
  const lower = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--bounding-set', await boundsOf(leader)]
  const command = [...enter, ...lower, '/usr/bin/env', '-i', ...environment, ...argv]
  return run(inGroups(groups.map(innermost), command), options)
}

/** `+cap_0,-cap_1,…`, from the mask in /proc (proc(5), CapBnd). */
async function boundsOf(pid: number): Promise<string> {
  const [status, last] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile('/proc/sys/kernel/cap_last_cap', 'utf8'),
  ])
  const mask = BigInt(`0x${/^CapBnd:\s*(\w+)/m.exec(status)?.[1]}`)
  const bits = Array.from({ length: Number(last) + 1 }, (_, bit) => bit)
  return bits.map((bit) => `${(mask >> BigInt(bit)) & 1n ? '+' : '-'}cap_${bit}`).join(',')
}

/** systemd keeps the root of its groups free of processes; where it manages none we join the machine's own. */
function innermost(folder: string): string {
  const scope = join(folder, 'payload/init.scope')
  return existsSync(scope) ? scope : folder
}
