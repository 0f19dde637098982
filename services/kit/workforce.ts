import type { Log } from './log.ts'
import { pause, type Worker } from './worker.ts'

/** `falling-asleep`: told to stop, and some work has not ended yet. */
export type WorkforceState = 'awake' | 'asleep' | 'falling-asleep'

/** False when `work` takes longer than `ms`. */
async function endsWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const decided = new AbortController()
  const inTime = await Promise.race([work.then(() => true), pause(ms, decided.signal).then(() => false)])
  decided.abort()
  return inTime
}

/**
 * The workers of a process that change something: all of them run, or none. Why that can be told from outside:
 * docs/decisions/0006-sleeping-workers.md.
 */
export class Workforce {
  readonly #workers: readonly Worker[]
  readonly #log: Log
  readonly #patienceMs: number
  /** Of those that are awake. */
  #stop: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()
  #busy = false
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()

  /** `patienceMs`: how long falling asleep may wait for running work. */
  constructor(workers: readonly Worker[], log: Log, patienceMs = 10_000) {
    this.#workers = workers
    this.#log = log
    this.#patienceMs = patienceMs
  }

  get state(): WorkforceState {
    if (this.#stop) return 'awake'
    return this.#busy ? 'falling-asleep' : 'asleep'
  }

  /**
   * Wakes all, or puts all to sleep. True as soon as it is so; false when running work did not end in time, or when
   * they are to wake after `close`. Said again, it changes nothing. Calls at the same time take turns.
   */
  set(awake: boolean): Promise<boolean> {
    const turn = this.#turn.then(() => this.#set(awake))
    this.#turn = turn
    return turn
  }

  async #set(awake: boolean): Promise<boolean> {
    if (awake && this.#stop) return true
    // What still runs ends first: no worker runs twice in one process.
    if (!(await this.#sleep())) return false
    if (!awake) return true
    if (this.#closed) return false
    this.#wake()
    return true
  }

  #wake(): void {
    const stop = new AbortController()
    this.#stop = stop
    this.#busy = true
    this.#ended = Promise.allSettled(this.#workers.map((worker) => worker.run(stop.signal))).then(() => {
      this.#busy = false
    })
    this.#log.info('workers are awake')
  }

  async #sleep(): Promise<boolean> {
    const stop = this.#stop
    this.#stop = undefined
    stop?.abort(new Error('the workers go to sleep'))
    const asleep = await endsWithin(this.#ended, this.#patienceMs)
    if (!asleep) this.#log.warn('some work has not ended yet')
    else if (stop) this.#log.info('workers are asleep')
    return asleep
  }

  /** Puts all to sleep for good. Resolves when they are, or when patience ends. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#sleep()
  }
}
