import { chmod, unlink } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import type { SocketAddress } from './address.ts'

/** True when somebody accepts connections at the socket's path. */
function isAlive(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

/** A killed process leaves its socket file behind; a living one keeps its. */
async function removeStale(socketPath: string): Promise<void> {
  if (!(await isAlive(socketPath))) await unlink(socketPath).catch(() => undefined)
}

/**
 * Starts an HTTP server. Connections that a proxy keeps open for reuse outlive the proxy's own idle limit
 * (NGINX: 60 s), so that it never sends into a closing one. https://nodejs.org/api/http.html#serverkeepalivetimeout
 */
export async function listen(listener: RequestListener, address: SocketAddress): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 75_000, headersTimeout: 30_000, requestTimeout: 60_000 }, listener)
  const socketPath = 'socketPath' in address ? address.socketPath : undefined
  if (socketPath !== undefined) await removeStale(socketPath)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const options = 'socketPath' in address ? { path: address.socketPath } : { host: address.host, port: address.port }
    server.listen({ ...options, backlog: 1024 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (socketPath !== undefined) await chmod(socketPath, 0o660)
  return server
}

/** Stops accepting, lets what is in flight finish for `graceMs`, then closes what is left. */
export async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // A kept-alive connection that becomes idle while we drain is closed as soon as its reply is out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const limit = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(limit)
}
