import type { Event } from '../../provisioners/engine/events.ts'
import { formatRow, maxWidth } from './row.ts'
import { wrap } from './text.ts'
import type { Theme } from './theme.ts'

/** The lines of an event that is said once and stays: a heading, a check, a note. Undefined for all others. */
export function remark(event: Event, theme: Theme, columns: number): readonly string[] | undefined {
  const { paint, symbols } = theme
  switch (event.type) {
    case 'run-started': {
      const parts = [event.subject, event.detail].filter((part) => part !== '')
      return ['', `  ${[paint.strong(`bookstore ${event.verb}`), ...parts].join('   ')}`, '']
    }
    case 'check':
      return checkLines(event, theme, columns)
    case 'note': {
      const sign = event.level === 'warning' ? paint.warn(symbols.warning) : paint.dim(symbols.note)
      return said(sign, [event.message, event.hint], columns)
    }
    case 'waiting':
      return said(
        paint.busy(symbols.pending),
        [`waiting for ${event.for}, ${Math.round(event.forMs / 1000)} s at most`],
        columns,
      )
    default:
      return undefined
  }
}

type CheckEvent = Extract<Event, { type: 'check' }>

/** A check that does not hold says all of its message and the remedy, below. */
function checkLines(
  { name, ok, message = '', hint, durationMs }: CheckEvent,
  theme: Theme,
  columns: number,
): readonly string[] {
  const row = formatRow(
    { label: name, state: ok ? 'done' : 'failed', text: ok ? message : '', durationMs },
    theme,
    columns,
  )
  if (ok) return [row]
  return [row, ...[message, hint ?? ''].filter((it) => it !== '').flatMap((it) => indented(it, columns))]
}

function said(sign: string, sentences: readonly (string | undefined)[], columns: number): readonly string[] {
  const lines = sentences.filter((it) => it !== undefined).flatMap((it) => indented(it, columns))
  return [`  ${sign} ${lines[0]?.trimStart()}`, ...lines.slice(1)]
}

export function indented(text: string, columns: number): readonly string[] {
  const width = Math.min(columns, maxWidth) - 5
  return text
    .split('\n')
    .flatMap((line) => wrap(line, width))
    .map((line) => `    ${line}`)
}
