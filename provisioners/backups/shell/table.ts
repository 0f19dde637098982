export interface Result {
  command: string
  rowCount: number | null
  fields: readonly { name: string }[]
  /** As text, the way PostgreSQL writes it. */
  rows: readonly (readonly (string | null)[])[]
}

/** A result as psql shows it: a table, or what was done. */
export function formatResult({ command, rowCount, fields, rows }: Result): string {
  if (fields.length === 0) return `${[command, rowCount].filter((part) => part !== null).join(' ')}\n`
  const table = [fields.map(({ name }) => name), ...rows.map((row) => row.map((value) => lineOf(value ?? '')))]
  const widths = fields.map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))))
  const [head = '', ...body] = table.map((row) =>
    ` ${row.map((text, column) => pad(text, widths[column] ?? 0)).join(' | ')}`.trimEnd(),
  )
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  return `${[head, rule, ...body, `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`].join('\n')}\n`
}

/** One row, one line; and nothing that a terminal would obey. */
function lineOf(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function pad(text: string, width: number): string {
  return text + ' '.repeat(width - widthOf(text))
}

function widthOf(text: string): number {
  return [...text].length
}
