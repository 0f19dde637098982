import { readFile } from 'node:fs/promises'
import { BookstoreError } from '../../../engine/errors.ts'
import { holderOf } from '../../../local/ports.ts'

/** Somebody else's server stays as it is; the sentence names it, and what to do. @throws BookstoreError 'port-taken'. */
export async function requirePorts(): Promise<void> {
  for (const port of [80, 443]) {
    const holder = holderOf(port)
    if (!holder) continue
    const [unit, name] = await Promise.all([unitOf(holder.pid), nameOf(holder.pid)])
    if (unit !== 'bookstore-nginx.service') throw portTaken(port, { pid: holder.pid, name, unit })
  }
}

/** The unit of a process: '1234' is in '/system.slice/apache2.service' (cgroups(7)). */
async function unitOf(pid: number): Promise<string | undefined> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
  return /\/([^/\n]+\.service)$/m.exec(groups)?.[1]
}

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim()
}

interface Holder {
  pid: number
  /** 'apache2' */
  name: string
  unit: string | undefined
}

function portTaken(port: number, { pid, name, unit }: Holder): BookstoreError {
  const who = unit === undefined ? `process ${pid} (${name})` : `${name} (${unit})`
  const stop = unit === undefined ? `end process ${pid}` : `systemctl disable --now ${unit}`
  return new BookstoreError(`Port ${port} of this machine is taken by ${who}, which was left as it is.`, {
    code: 'port-taken',
    fault: 'user',
    hint: `If it is not needed: ${stop}. Else let it listen on other ports, or give the shop a machine of its own. Then run: bookstore up`,
    details: { port, pid, process: name, unit },
  })
}
