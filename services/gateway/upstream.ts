import { Pool } from 'undici'
import type { SocketAddress } from '../kit/address.ts'
import type { Route } from './routes.ts'

/** Longest wait for a connection, and for a service to say something (ms). */
export const connectTimeoutMs = 2_000
export const answerTimeoutMs = 15_000

/** A service, the connections to it, and how many requests are under way. */
export class Upstream {
  readonly route: Route
  readonly pool: Pool
  inFlight = 0

  constructor(route: Route, address: SocketAddress) {
    this.route = route
    const socket = 'socketPath' in address
    this.pool = new Pool(socket ? `http://${route.name}` : `http://${address.host}:${address.port}`, {
      // One for each request that may be under way: the limit is ours, nothing queues behind it.
      connections: route.mostInFlight,
      pipelining: 1,
      // Below the 75 s of NGINX and of our own services, so that this end closes first.
      keepAliveTimeout: 30_000,
      connect: { timeout: connectTimeoutMs, ...(socket && { socketPath: address.socketPath }) },
      // Watched by the exchange itself, which knows how the upload goes on.
      headersTimeout: 0,
      bodyTimeout: answerTimeoutMs,
    })
  }

  get isFull(): boolean {
    return this.inFlight >= this.route.mostInFlight
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }
}
