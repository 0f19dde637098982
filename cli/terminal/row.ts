import { duration, fitTo, widthOf } from './text.ts'
import type { Theme } from './theme.ts'

export type RowState = 'pending' | 'running' | 'done' | 'failed' | 'skipped'

/** One line of progress: a sign, who, what about it, how long. */
export interface Row {
  label: string
  state: RowState
  text: string
  durationMs: number | undefined
}

const labelWidth = 22
const durationWidth = 12
export const maxWidth = 80

/** Fits into `columns`, 80 at most; durations end at the right edge. `turn` counts the spinner on. */
export function formatRow({ label, state, text, durationMs }: Row, theme: Theme, columns: number, turn = 0): string {
  const { symbols } = theme
  const width = Math.max(20, Math.min(columns, maxWidth) - 1)
  const time = durationMs === undefined ? '' : duration(durationMs)
  const room = width - 4 - 1 - durationWidth
  // A long name takes of the room beside it what the text there leaves.
  const needed = Math.min(widthOf(label), room - widthOf(text))
  const before = Math.min(Math.max(labelWidth, needed), width - 4)
  const middle = Math.max(0, room - before)
  const end = width - 4 - before - 1 - middle
  const body = `${fitTo(label, before, symbols.ellipsis)} ${fitTo(text, middle, symbols.ellipsis)}`
  const right = end >= time.length + 1 ? time.padStart(end) : ''
  return `  ${sign(state, theme, turn)} ${tint(state, theme, `${body}${right}`.trimEnd())}`
}

function sign(state: RowState, { symbols, paint }: Theme, turn: number): string {
  if (state === 'done') return paint.good(symbols.done)
  if (state === 'failed') return paint.bad(symbols.failed)
  if (state === 'running') return paint.busy(symbols.spinner[turn % symbols.spinner.length] ?? '')
  return paint.dim(state === 'skipped' ? symbols.skipped : symbols.pending)
}

function tint(state: RowState, { paint }: Theme, text: string): string {
  return state === 'pending' || state === 'skipped' ? paint.dim(text) : text
}
