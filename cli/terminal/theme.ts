import colors from 'picocolors'
import type { Terminal } from './terminal.ts'

export interface Theme {
  readonly symbols: Symbols
  readonly paint: Paint
}

interface Symbols {
  done: string
  failed: string
  skipped: string
  pending: string
  warning: string
  note: string
  separator: string
  ellipsis: string
  spinner: readonly string[]
}

type Paint = Record<'good' | 'bad' | 'warn' | 'busy' | 'dim' | 'strong', (text: string) => string>

const unicode: Symbols = {
  done: '✔',
  failed: '✖',
  skipped: '◌',
  pending: '·',
  warning: '▲',
  note: '›',
  separator: '·',
  ellipsis: '…',
  spinner: ['◐', '◓', '◑', '◒'],
}

const ascii: Symbols = {
  done: '+',
  failed: 'x',
  skipped: 'o',
  pending: '.',
  warning: '!',
  note: '>',
  separator: '|',
  ellipsis: '~',
  spinner: ['|', '/', '-', '\\'],
}

/** Each state has a sign of its own; colour only repeats what the sign says. */
export function themeOf(terminal: Pick<Terminal, 'color' | 'unicode'>): Theme {
  const { green, red, yellow, cyan, dim, bold } = colors.createColors(terminal.color)
  return {
    symbols: terminal.unicode ? unicode : ascii,
    paint: { good: green, bad: red, warn: yellow, busy: cyan, dim, strong: bold },
  }
}
