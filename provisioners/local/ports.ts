import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { BookstoreError } from '../engine/errors.ts'
import { commandOf } from './os-process.ts'

export interface PortHolder {
  pid: number
  command: string
}

/** Whether somebody can listen on this port of loopback right now: 'free', or the code of the system's refusal. */
export function tryPort(port: number, host: string): Promise<'free' | string> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve('free')))
  })
}

/** Throws one sentence that says which port is taken, by whom, and what to do. */
export async function requirePort(
  port: number,
  setting: 'httpsPort' | 'httpPort',
  hosts: readonly string[],
): Promise<void> {
  for (const host of hosts) {
    const found = await tryPort(port, host)
    if (found === 'EADDRINUSE') throw portTaken(port, setting, holderOf(port))
    if (found === 'EACCES') throw portForbidden(port, setting)
  }
}

function portTaken(port: number, setting: string, holder: PortHolder | undefined): BookstoreError {
  const who = holder ? `process ${holder.pid} (${holder.command})` : 'another process, perhaps of another user'
  return new BookstoreError(`Port ${port} is taken by ${who}.`, {
    code: 'port-taken',
    fault: 'user',
    hint: `End that process, or set local.${setting} in bookstore.yaml to a free port${setting === 'httpsPort' ? ', such as 9443' : ', such as 9080'}.`,
    details: { port, ...holder },
  })
}

function portForbidden(port: number, setting: string): BookstoreError {
  return new BookstoreError(`This user may not listen on port ${port}: ports below 1024 are for root.`, {
    code: 'port-forbidden',
    fault: 'user',
    hint: `Set local.${setting} in bookstore.yaml to a port above 1023.`,
    details: { port },
  })
}

/** Who listens on a port, as far as /proc lets us see. */
export function holderOf(port: number): PortHolder | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeners(file, port)))
  if (inodes.size === 0) return undefined
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (socketsOf(pid).some((inode) => inodes.has(inode))) {
      return { pid: Number(pid), command: commandOf(Number(pid)) ?? 'unknown' }
    }
  }
  return undefined
}

/** Inodes of sockets that listen (state 0A) on the port. Format: Documentation/networking/proc_net_tcp. */
export function listeners(file: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return linesOf(file).flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    return fields[1]?.endsWith(suffix) && fields[3] === '0A' && fields[9] ? [fields[9]] : []
  })
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode ? [inode] : []
    })
  } catch {
    return []
  }
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
