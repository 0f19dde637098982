import { BookstoreError } from '../../provisioners/engine/errors.ts'
import { indented } from './remark.ts'
import type { Terminal } from './terminal.ts'
import { themeOf } from './theme.ts'

/** The one printer of errors: what happened and why, then what to do next. Stack and causes with -v only. */
export function printError(error: BookstoreError, terminal: Terminal, verbose: boolean): void {
  const { symbols, paint } = themeOf(terminal)
  const columns = terminal.size().columns
  const calm = error.code === 'interrupted'
  const sign = calm ? paint.warn(symbols.warning) : paint.bad(symbols.failed)
  const lines = indented(error.message, columns)
  const said = [`  ${sign} ${lines[0]?.trimStart()}`, ...lines.slice(1)]
  if (error.hint !== undefined) said.push(...indented(error.hint, columns))
  if (verbose && !calm) said.push('', ...traces(error).map(paint.dim))
  terminal.err(`\n${said.join('\n')}\n\n`)
}

/** The error as data, for the last line of `--json`. */
export function errorData(error: BookstoreError): Record<string, unknown> {
  const { code, message, hint, fault, details } = error
  return { code, message, ...(hint === undefined ? {} : { hint }), fault, details }
}

function traces(error: unknown): readonly string[] {
  const lines: string[] = []
  const seen = new Set<unknown>()
  for (let at = error; at !== undefined && !seen.has(at); at = at instanceof Error ? at.cause : undefined) {
    seen.add(at)
    const text = at instanceof Error ? (at.stack ?? at.message) : String(at)
    const code = at instanceof BookstoreError ? ` [${at.code}, fault: ${at.fault}]` : ''
    const [first, ...rest] = text.split('\n')
    lines.push(`    ${lines.length === 0 ? '' : 'caused by: '}${first}${code}`, ...rest.map((line) => `  ${line}`))
  }
  return lines
}
