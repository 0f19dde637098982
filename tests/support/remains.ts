import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'

/** Processes whose command line, folder or environment names `folder`: `pid command`. This one and its children's shells excluded. */
export function processesOf(folder: string): string[] {
  const found: string[] = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const read = (file: string) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    }
    const command = read('cmdline')
    if (command.includes(folder) || read('environ').includes(folder)) found.push(`${pid} ${command.slice(0, 120)}`)
  }
  return found
}

export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
