import type { Event } from '../../provisioners/engine/events.ts'
import type { Clock } from '../../provisioners/engine/resource.ts'
import { Progress } from './progress.ts'
import { remark } from './remark.ts'
import type { Renderer } from './renderer.ts'
import { formatRow } from './row.ts'
import type { Terminal } from './terminal.ts'
import { widthOf } from './text.ts'
import { type Theme, themeOf } from './theme.ts'

const frameMs = 100
const hideCursor = '\x1b[?25l'
export const showCursor = '\x1b[?25h'
const clearBelow = '\x1b[0J'
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for
const escapes = /\x1b\[[0-9;?]*[A-Za-z]/g

/**
 * The live tree. Rows that have ended scroll away above; those that run or wait are drawn again in place, never more
 * of them than the window is high. The cursor is hidden only while something is drawn.
 */
export class TreeRenderer implements Renderer {
  readonly #terminal: Terminal
  readonly #clock: Clock
  readonly #theme: Theme
  readonly #progress = new Progress()
  #drawn: readonly string[] = []
  #turn = 0
  #timer: NodeJS.Timeout | undefined

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal
    this.#clock = clock
    this.#theme = themeOf(terminal)
  }

  emit(event: Event): void {
    const lines = remark(event, this.#theme, this.#columns())
    this.#progress.take(event, this.#now())
    this.#draw(lines ?? [])
  }

  pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (this.#drawn.length === 0) return
    this.#terminal.err(`${this.#erase()}${showCursor}`)
    this.#drawn = []
  }

  resume(): void {
    this.#draw([])
  }

  close(): void {
    const rest = this.#rows().map((row) => formatRow(row, this.#theme, this.#columns()))
    this.pause()
    if (rest.length > 0) this.#terminal.err(`${rest.join('\n')}\n`)
    this.#progress.forget()
  }

  /** One write a frame, so that nothing flickers. */
  #draw(said: readonly string[]): void {
    const columns = this.#columns()
    const ended = this.#progress.takeEnded().map((row) => formatRow(row, this.#theme, columns))
    const live = this.#liveLines(columns)
    const kept = [...ended, ...said]
    const cursor = live.length > 0 ? hideCursor : showCursor
    const text = [...kept, ...live].map((line) => `${line}\n`).join('')
    if (text !== '' || this.#drawn.length > 0) this.#terminal.err(`${this.#erase()}${text}${cursor}`)
    this.#drawn = live
    this.#keepTurning(live.length > 0)
  }

  #liveLines(columns: number): readonly string[] {
    const rows = this.#rows()
    const room = Math.max(1, this.#terminal.size().rows - 2)
    const shown = rows.length <= room ? rows : rows.filter((row) => row.state !== 'pending').slice(0, room - 1)
    const lines = shown.map((row) => formatRow(row, this.#theme, columns, this.#turn))
    const hidden = rows.length - shown.length
    if (hidden === 0) return lines
    const { symbols, paint } = this.#theme
    return [...lines, `  ${paint.dim(`${symbols.pending} ${hidden} more`)}`]
  }

  /** Lines that a narrower window has wrapped since count for as many as they fill. */
  #erase(): string {
    const columns = Math.max(1, this.#columns())
    const height = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line.replace(escapes, '')) / columns)),
      0,
    )
    return height === 0 ? '' : `\x1b[${height}A\r${clearBelow}`
  }

  #keepTurning(wanted: boolean): void {
    if (!wanted) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    if (!wanted || this.#timer) return
    this.#timer = setInterval(() => {
      this.#turn++
      this.#draw([])
    }, frameMs).unref()
  }

  #rows() {
    return this.#progress.rows(this.#now())
  }

  #columns(): number {
    return this.#terminal.size().columns
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}
