import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Longer than a command that says a word takes to its end, in milliseconds. */
const breathMs = 150

/** A way to a port on which all that the server says within a breath arrives at once. */
export async function inOneBreath(port: number): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const behind = connect(port, '127.0.0.1')
    let held: Buffer[] = []
    let timer: NodeJS.Timeout | undefined
    const tell = () => {
      client.write(Buffer.concat(held))
      held = []
    }
    behind.on('data', (chunk) => {
      held.push(chunk)
      clearTimeout(timer)
      timer = setTimeout(tell, breathMs)
    })
    client.pipe(behind)
    for (const socket of [client, behind]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => [client, behind].map((each) => each.destroy()))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
