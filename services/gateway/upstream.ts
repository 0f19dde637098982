import { Pool } from 'undici'
import type { SocketAddress } from '../kit/address.ts'
import type { Route } from './routes.ts'

/** Longest waits, in milliseconds. */
export interface Patience {
  /** For a connection. */
  connectMs: number
  /** For a service to begin its answer, from the last byte of the request, and to go on with it. */
  answerMs: number
}

const usual: Patience = { connectMs: 2_000, answerMs: 15_000 }

/** A service, the connections to it, and how many requests are under way. */
export class Upstream {
  readonly route: Route
  readonly pool: Pool
  readonly patience: Patience
  inFlight = 0

  constructor(route: Route, address: SocketAddress, patience: Patience = usual) {
    this.route = route
    this.patience = patience
    const socket = 'socketPath' in address
    this.pool = new Pool(socket ? `http://${route.name}` : `http://${address.host}:${address.port}`, {
      // One for each request that may be under way: the limit is ours, nothing queues behind it.
      connections: route.mostInFlight,
      pipelining: 1,
      // Below the 75 s of NGINX and of our own services, so that this end closes first.
      keepAliveTimeout: 30_000,
      connect: { timeout: patience.connectMs, ...(socket && { socketPath: address.socketPath }) },
      // Watched by the exchange itself, which knows how the upload goes on.
      headersTimeout: 0,
      bodyTimeout: patience.answerMs,
    })
  }

  get isFull(): boolean {
    return this.inFlight >= this.route.mostInFlight
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }
}
