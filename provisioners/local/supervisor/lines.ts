import type { Socket } from 'node:net'

/** Calls back with each line that arrives. (`readline` would turn a socket's error into an uncaught one of its own.) */
export function onLine(socket: Socket, handle: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) handle(line)
  })
}
