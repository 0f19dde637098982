import { PassThrough } from 'node:stream'
import type { Terminal } from '../terminal/terminal.ts'

/** A terminal of strings. `screen()` is what a person sees after all cursor movements. */
export class FakeTerminal implements Terminal {
  stdout = ''
  stderr = ''
  live: boolean
  interactive: boolean
  color = false
  unicode: boolean
  columns: number
  rows: number
  readonly input = new PassThrough()
  readonly output = new PassThrough()

  constructor({ live = false, interactive = false, unicode = true, columns = 80, rows = 24 } = {}) {
    this.live = live
    this.interactive = interactive
    this.unicode = unicode
    this.columns = columns
    this.rows = rows
  }

  out(text: string): void {
    this.stdout += text
  }

  err(text: string): void {
    this.stderr += text
  }

  size() {
    return { columns: this.columns, rows: this.rows }
  }

  get cursorIsHidden(): boolean {
    return this.stderr.lastIndexOf('\x1b[?25l') > this.stderr.lastIndexOf('\x1b[?25h')
  }

  /** Plays `ESC[nA`, `CR` and `ESC[0J`, the only movements that we use. */
  screen(): readonly string[] {
    const lines = ['']
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it takes apart
    for (const [token, count, kind] of this.stderr.matchAll(/\x1b\[\??(\d*)([A-Za-z])|\n|[^\x1b\n]+/g)) {
      if (token === '\n') lines.push('')
      else if (kind === 'A') lines.splice(Math.max(0, lines.length - 1 - Number(count)), Number.POSITIVE_INFINITY, '')
      else if (kind === undefined && token !== '\r') lines[lines.length - 1] += token
    }
    return lines.slice(0, -1).concat(lines.at(-1) === '' ? [] : (lines.at(-1) ?? ''))
  }

  lines(): readonly string[] {
    return this.stdout.trimEnd().split('\n')
  }
}
