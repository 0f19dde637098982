import { readFile } from 'node:fs/promises'
import { BookstoreError } from '../../../engine/errors.ts'
import { holderOf } from '../../../local/ports.ts'

/** Somebody else's server stays as it is; the sentence names it, and what to do. @throws BookstoreError 'port-taken'. */
export async function requirePorts(): Promise<void> {
  for (const port of [80, 443]) {
    const holder = holderOf(port)
    if (!holder) continue
    const unit = await unitOf(holder.pid)
    if (unit !== 'bookstore-nginx.service') throw portTaken(port, holder, unit)
  }
}

/** The unit of a process: '1234' is in '/system.slice/apache2.service' (cgroups(7)). */
async function unitOf(pid: number): Promise<string | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
  return /\/([^/\n]+\.service)$/m.exec(groups)?.[1]
}

function portTaken(port: number, holder: { pid: number; command: string }, unit: string | undefined): BookstoreError {
  const who = unit === undefined ? `process ${holder.pid} (${holder.command})` : `${unit} (${holder.command})`
  const stop = unit === undefined ? `end process ${holder.pid}` : `systemctl disable --now ${unit}`
  return new BookstoreError(`Port ${port} of this machine is taken by ${who}, which was left as it is.`, {
    code: 'port-taken',
    fault: 'user',
    hint: `If it is not needed: ${stop}. Else let it listen on other ports, or give the shop a machine of its own. Then run: bookstore up`,
    details: { port, ...holder, ...(unit === undefined ? {} : { unit }) },
  })
}
