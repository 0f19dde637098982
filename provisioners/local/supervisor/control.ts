import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { onLine } from './lines.ts'
import type { Reply, Request } from './protocol.ts'

/** Listens for requests on a unix socket that only its owner can reach. */
export async function listenForRequests(path: string, handle: (request: Request) => Promise<Reply>): Promise<Server> {
  rmSync(path, { force: true })
  const server = createServer((socket) => converse(socket, handle))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return server
}

function converse(socket: Socket, handle: (request: Request) => Promise<Reply>): void {
  // A client that was killed is no concern of ours.
  socket.on('error', () => socket.destroy())
  onLine(socket, (line) => {
    void answer(line, handle).then((reply) => socket.end(`${JSON.stringify(reply)}\n`))
  })
}

async function answer(line: string, handle: (request: Request) => Promise<Reply>): Promise<Reply> {
  try {
    return await handle(JSON.parse(line) as Request)
  } catch (error) {
    return { ok: false, code: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
