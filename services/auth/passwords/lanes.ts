import { Problem } from '../../kit/problem.ts'

export interface LanesOptions {
  /** Works at the same time. */
  lanes: number
  /** More than these are turned away at once. */
  mostWaiting: number
  /** Of these, one network has no more: the others still get in. */
  mostWaitingEach: number
  /** Whoever waited this long is turned away. */
  maxWaitMs: number
}

/** Somebody who wants a lane. */
export interface Arrival {
  /** Whoever shares it shares its places in the queue. */
  network: string
  /** Aborts when they go away. */
  signal: AbortSignal
}

interface Waiting {
  start(): void
  give(up: unknown): void
}

const busy = () =>
  new Problem(503, 'busy', 'Too busy right now', {
    detail: 'Many people are logging in. Try again in a moment.',
    headers: { 'retry-after': '2' },
  })

/** Nobody reads this answer; as a problem it is no surprise in the log either. */
const gone = (cause: unknown) => new Problem(400, 'client-gone', 'The client went away', { cause })

/**
 * Lets `lanes` works run at a time, first come first served. Work that costs a core for a while is bounded by the cores:
 * a classroom waits its turn, a flood is turned away, and what runs is never slowed down by what waits.
 */
export class Lanes {
  readonly #options: LanesOptions
  readonly #queue = new Set<Waiting>()
  /** How many of the queue came from a network; nothing is kept of one from which nobody waits. */
  readonly #waitingOf = new Map<string, number>()
  #running = 0

  constructor(options: LanesOptions) {
    this.#options = options
  }

  /**
   * @throws Problem 503 `busy` when the queue is too long or too slow, or holds the network's share already, 400 when
   * the signal aborts first.
   */
  async run<T>(arrival: Arrival, work: () => Promise<T>): Promise<T> {
    if (arrival.signal.aborted) throw gone(arrival.signal.reason)
    if (this.#running < this.#options.lanes) this.#running++
    else await this.#turn(arrival)
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  usage(): { running: number; waiting: number } {
    return { running: this.#running, waiting: this.#queue.size }
  }

  /** Hands the lane to the one that has waited longest. */
  #next(): void {
    const [first] = this.#queue
    if (first) first.start()
    else this.#running--
  }

  #isFull(network: string): boolean {
    const { mostWaiting, mostWaitingEach } = this.#options
    return this.#queue.size >= mostWaiting || (this.#waitingOf.get(network) ?? 0) >= mostWaitingEach
  }

  #count(network: string, change: 1 | -1): void {
    const waiting = (this.#waitingOf.get(network) ?? 0) + change
    if (waiting > 0) this.#waitingOf.set(network, waiting)
    else this.#waitingOf.delete(network)
  }

  #turn({ network, signal }: Arrival): Promise<void> {
    if (this.#isFull(network)) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#queue.delete(waiting)
        this.#count(network, -1)
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = {
        start: () => {
          leave()
          resolve()
        },
        give: (reason) => {
          leave()
          reject(reason)
        },
      }
      const onAbort = () => waiting.give(gone(signal.reason))
      const timer = setTimeout(() => waiting.give(busy()), this.#options.maxWaitMs)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.add(waiting)
      this.#count(network, 1)
    })
  }
}
