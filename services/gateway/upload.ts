import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/** The client sent more than the route takes. */
export class TooLarge extends Error {}

/** True when a request announces a body. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * The body of a request on its way to a service, never read faster than it is sent on. Nothing is read of the client before
 * somebody reads here, so an upload that was never `started` can be tried again. When it is dropped, what the client still sends
 * is read and forgotten, and the client gets its answer.
 */
export class Upload extends Readable {
  readonly #source: IncomingMessage
  readonly #limit: number
  readonly #onProgress: () => void
  #size = 0
  started = false

  constructor(source: IncomingMessage, limit: number, onProgress: () => void) {
    super()
    this.#source = source
    this.#limit = limit
    this.#onProgress = onProgress
  }

  override _read(): void {
    if (!this.started) {
      this.started = true
      this.#source.on('data', this.#onData).once('end', this.#onEnd).once('close', this.#onClose)
    }
    this.#source.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.started) {
      this.#source.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
      this.#source.resume()
    }
    done(error)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#size += chunk.length
    this.#onProgress()
    if (this.#size > this.#limit) this.destroy(new TooLarge())
    else if (!this.push(chunk)) this.#source.pause()
  }

  readonly #onEnd = (): void => {
    this.push(null)
  }

  readonly #onClose = (): void => {
    if (!this.#source.complete) this.destroy(new Error('the client went away'))
  }
}
