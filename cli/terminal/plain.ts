import type { Event } from '../../provisioners/engine/events.ts'
import type { Clock } from '../../provisioners/engine/resource.ts'
import { Progress } from './progress.ts'
import { remark } from './remark.ts'
import type { Renderer } from './renderer.ts'
import { formatRow } from './row.ts'
import type { Terminal } from './terminal.ts'
import { type Theme, themeOf } from './theme.ts'

/** A wait that lasts longer than this is spoken of. */
const patienceMs = 5_000

/** One line for each step that ended, and for whatever makes us wait. For logs and pipes: nothing is drawn twice. */
export class PlainRenderer implements Renderer {
  readonly #terminal: Terminal
  readonly #clock: Clock
  readonly #verbose: boolean
  readonly #theme: Theme
  readonly #progress = new Progress()
  readonly #waits = new Map<string, NodeJS.Timeout>()
  readonly #labels = new Map<string, string>()

  constructor(terminal: Terminal, clock: Clock, verbose: boolean) {
    this.#terminal = terminal
    this.#clock = clock
    this.#verbose = verbose
    this.#theme = themeOf(terminal)
  }

  emit(event: Event): void {
    const lines = remark(event, this.#theme, this.#columns())
    if (lines) this.#write(...lines)
    const row = this.#progress.take(event, this.#clock.now().getTime())
    if (row && !isEcho(event)) this.#write(formatRow(row, this.#theme, this.#columns()))
    if ('address' in event) this.#watch(event)
  }

  pause(): void {}

  resume(): void {}

  close(): void {
    for (const timer of this.#waits.values()) clearTimeout(timer)
    this.#waits.clear()
  }

  #watch(event: Extract<Event, { address: unknown }>): void {
    clearTimeout(this.#waits.get(event.address))
    this.#waits.delete(event.address)
    if (event.type === 'step-started') this.#labels.set(event.address, event.label)
    if (event.type !== 'step-progress' && event.type !== 'retry') return
    const label = this.#labels.get(event.address) ?? event.address
    const text = event.type === 'retry' ? `${event.code}, attempt ${event.attempt + 1} follows` : event.message
    const say = () => this.#write(formatRow({ label, state: 'pending', text, durationMs: undefined }, this.#theme, 80))
    if (this.#verbose) say()
    else this.#waits.set(event.address, setTimeout(say, patienceMs).unref())
  }

  #write(...lines: readonly string[]): void {
    this.#terminal.err(lines.map((line) => `${line}\n`).join(''))
  }

  #columns(): number {
    return this.#terminal.size().columns
  }
}

/** The error at the end says that the run was interrupted; every step that was not begun need not repeat it. */
function isEcho(event: Event): boolean {
  return event.type === 'step-skipped' && event.because === 'interrupted'
}
