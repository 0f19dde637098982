import { tooMany } from '../../kit/problem.ts'
import { type Rendered, renderCover } from './render.ts'

const atOnce = 2
const mostWaiting = 16
const retrySeconds = 2

/** Where covers are made: few at once, since each takes a core and a lot of memory; a short queue, then "come again". */
export class CoverStudio {
  #working = 0
  readonly #waiting: (() => void)[] = []

  /** @throws UnreadableImage; Problem 429 when too many wait. */
  async render(bytes: Buffer): Promise<Rendered> {
    await this.#enter()
    try {
      return await renderCover(bytes)
    } finally {
      this.#leave()
    }
  }

  async #enter(): Promise<void> {
    if (this.#working < atOnce) {
      this.#working++
      return
    }
    if (this.#waiting.length >= mostWaiting) throw tooMany('Too many covers are being made.', retrySeconds)
    // Whoever leaves hands over its place, so the count stays.
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#working--
  }
}
