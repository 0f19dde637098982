import type { Event } from '../../provisioners/engine/events.ts'
import { remark } from './remark.ts'
import type { Renderer } from './renderer.ts'
import type { Terminal } from './terminal.ts'
import { type Theme, themeOf } from './theme.ts'

/** Only warnings and checks that do not hold; what failed is said by the error at the end. */
export class QuietRenderer implements Renderer {
  readonly #terminal: Terminal
  readonly #theme: Theme

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    this.#theme = themeOf(terminal)
  }

  emit(event: Event): void {
    const wrong = (event.type === 'note' && event.level === 'warning') || (event.type === 'check' && !event.ok)
    if (!wrong) return
    const lines = remark(event, this.#theme, this.#terminal.size().columns) ?? []
    this.#terminal.err(lines.map((line) => `${line}\n`).join(''))
  }

  pause(): void {}

  resume(): void {}

  close(): void {}
}
