import { type BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import { maxWidth } from '../terminal/row.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { widthOf } from '../terminal/text.ts'
import { themeOf } from '../terminal/theme.ts'
import type { Outcome } from '../verb.ts'

interface Manner {
  json: boolean
  quiet: boolean
  verbose: boolean
}

/** Data on stdout, what to type next on stderr; with --json the result as the last line. */
export function reportOutcome(outcome: Outcome, verb: string, { json, quiet }: Manner, terminal: Terminal): void {
  const { status, result, text, next = [] } = outcome
  if (json) {
    const ok = status === exit.done || status === exit.changes
    terminal.out(resultLine({ ok, verb, exit: status }, result))
    return
  }
  const gap = terminal.live && !quiet ? '\n' : ''
  if (text !== undefined && text !== '') {
    terminal.err(gap)
    terminal.out(text.endsWith('\n') ? text : `${text}\n`)
  }
  if (next.length > 0 && !quiet) terminal.err(`${gap}${nextLines(next, terminal).join('\n')}\n`)
}

/** @param verb Empty when the command line was not understood. */
export async function reportError(
  error: BookstoreError,
  verb: string,
  { json, verbose }: Manner,
  terminal: Terminal,
): Promise<void> {
  const { printError, errorData } = await import('../terminal/print-error.ts')
  if (!json) return printError(error, terminal, verbose)
  terminal.out(resultLine({ ok: false, verb, exit: error.status }, { error: errorData(error) }))
}

function resultLine(frame: Record<string, unknown>, fields: Record<string, unknown>): string {
  const start = { type: 'result', ...frame }
  return `${JSON.stringify({ ...start, ...fields, ...start })}\n`
}

function nextLines(commands: readonly string[], terminal: Terminal): readonly string[] {
  const { symbols, paint } = themeOf(terminal)
  const separator = ` ${symbols.separator} `
  const width = Math.min(terminal.size().columns, maxWidth) - 9
  const lines: string[] = []
  for (const command of commands) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last + separator + command) <= width)
      lines[lines.length - 1] = last + separator + command
    else lines.push(command)
  }
  return lines.map((line, position) => `  ${position === 0 ? paint.dim('next') : '    '}   ${line}`)
}
