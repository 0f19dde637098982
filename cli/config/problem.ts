import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'

/** One mistake in the configuration. Lines and columns count from 1. */
export interface Problem {
  file: string
  line: number
  column: number
  /** 'local.httpsPort'; empty for the file as a whole. */
  path: string
  found: string
  expected: string
  /** 'Did you mean httpsPort?' */
  hint?: string
}

const reference = 'Every field is described in docs/reference/configuration.md'

/** All mistakes at once, in the order of the file. */
export function configurationError(problems: readonly Problem[]): BookstoreError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const [first] = sorted
  const lines = sorted.map(sentence)
  const message =
    lines.length === 1 ? (lines[0] ?? '') : [`${first?.file} has ${lines.length} mistakes.`, ...lines].join('\n')
  return new BookstoreError(message, {
    code: 'configuration',
    fault: 'user',
    status: exit.configuration,
    hint: reference,
    details: { problems: sorted },
  })
}

function sentence({ file, line, column, path, found, expected, hint }: Problem): string {
  const field = path === '' ? '' : `${path}: `
  return `${file}:${line}:${column}  ${field}found ${found}, expected ${expected}.${hint ? ` ${hint}` : ''}`
}
