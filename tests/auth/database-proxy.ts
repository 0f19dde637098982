import { rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** PostgreSQL's socket in a folder of the test's, whose wire can be cut. */
export interface DatabaseProxy {
  folder: string
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>
  restore(): Promise<void>
}

const socketName = '.s.PGSQL.5432'

/** Passes everything on to the server whose socket lies in `to`. */
export async function databaseProxy(folder: string, to: string): Promise<DatabaseProxy> {
  const path = join(folder, socketName)
  const open = new Set<Socket>()
  let server: Server | undefined
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
  }
  const restore = async () => {
    server = createServer((client) => {
      const upstream = connect(join(to, socketName))
      keep(client)
      keep(upstream)
      client.pipe(upstream).pipe(client)
      client.on('close', () => upstream.destroy())
      upstream.on('close', () => client.destroy())
    })
    await new Promise<void>((resolve) => server?.listen(path, resolve))
  }
  await restore()
  return {
    folder,
    restore,
    cut: async () => {
      const closed = new Promise((resolve) => server?.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
      await rm(path, { force: true })
    },
  }
}
