import type { Event } from '../../provisioners/engine/events.ts'
import type { Renderer } from './renderer.ts'
import type { Terminal } from './terminal.ts'

/** One event a line on standard output. */
export class JsonRenderer implements Renderer {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  emit(event: Event): void {
    this.#terminal.out(`${JSON.stringify(event)}\n`)
  }

  pause(): void {}

  resume(): void {}

  close(): void {}
}
