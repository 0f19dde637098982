import { tooMany } from '../../services/kit/problem.ts'

const mostWaiting = 16
const retrySeconds = 2

/** One piece of work after the other, since each takes a core; a short queue, then "come again". */
export class Queue {
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()

  /** @throws Problem 429 when too many wait. */
  async run<Made>(work: () => Promise<Made>): Promise<Made> {
    if (this.#waiting >= mostWaiting) throw tooMany('Too many pictures are being made.', retrySeconds)
    this.#waiting++
    const made = this.#last.then(work)
    this.#last = made.catch(() => undefined)
    try {
      return await made
    } finally {
      this.#waiting--
    }
  }
}
