import { unavailable } from '../../kit/problem.ts'

/**
 * Lets `width` holders in at a time; the others wait in line, `maxWaitMs` at most.
 *
 * A keyed request keeps its database connection while it waits for the catalog or the card processor. Were there no
 * lane, a slow processor would take the whole pool, and nobody could so much as look at an order.
 */
export class Lane {
  readonly #width: number
  readonly #maxWaitMs: number
  readonly #waiting = new Set<() => void>()
  #inside = 0

  constructor(width: number, maxWaitMs: number) {
    this.#width = Math.max(1, width)
    this.#maxWaitMs = maxWaitMs
  }

  /** @throws Problem 503 when it waited in vain. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  #enter(): Promise<void> {
    if (this.#inside < this.#width) {
      this.#inside++
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(enter)
        reject(unavailable('Too many are ordering and paying at this moment.'))
      }, this.#maxWaitMs)
      this.#waiting.add(enter)
    })
  }

  /** Hands its place to the next in line, so that `#inside` stays as it is. */
  #leave(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#inside--
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
