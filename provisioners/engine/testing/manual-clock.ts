import type { Clock } from '../resource.ts'

interface Sleeper {
  until: number
  wake: () => void
}

/** A clock that stands still until it is moved, or jumps to the end of each sleep by itself. */
export class ManualClock implements Clock {
  #now: number
  readonly #jumps: boolean
  #sleepers: Sleeper[] = []
  readonly slept: number[] = []

  constructor({ start = Date.UTC(2026, 10, 24, 9), jumps = false } = {}) {
    this.#now = start
    this.#jumps = jumps
  }

  now(): Date {
    return new Date(this.#now)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms)
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#jumps) {
      this.#now += ms
      return Promise.resolve()
    }
    return new Promise((wake, reject) => {
      this.#sleepers.push({ until: this.#now + ms, wake })
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  advance(ms: number): void {
    this.#now += ms
    const due = this.#sleepers.filter((sleeper) => sleeper.until <= this.#now)
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.until > this.#now)
    for (const { wake } of due) wake()
  }
}
