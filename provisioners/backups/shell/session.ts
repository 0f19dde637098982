import type { Client, QueryArrayResult } from 'pg'
import { splitStatements } from './statements.ts'
import { formatResult } from './table.ts'

const help = `  \\dt   tables
  \\q    leave
  Anything else is SQL, and ends with a semicolon.
`
const tables = `select schemaname as schema, tablename as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`

/** Values stay the text that PostgreSQL sent: a number of 64 bits or a time would lose something as a JavaScript value. */
const asText = { getTypeParser: () => (value: string | Buffer) => value.toString() }

/** A small psql: takes lines, gives text. For computers that have none. */
export class SqlSession {
  readonly #client: Client
  readonly #write: (text: string) => void
  readonly #onError: (error: Error) => void
  #pending = ''

  /** @param onError Called for a statement that failed; when it throws, nothing more of that line is run. */
  constructor(client: Client, write: (text: string) => void, onError: (error: Error) => void) {
    this.#client = client
    this.#write = write
    this.#onError = onError
  }

  /** Whether a statement was begun and not ended. */
  get isPending(): boolean {
    return this.#pending.trim() !== ''
  }

  forget(): void {
    this.#pending = ''
  }

  /** @returns False when the line asks to leave. */
  async take(line: string): Promise<boolean> {
    if (!this.isPending && line.trim().startsWith('\\')) return this.#command(line.trim())
    const { statements, rest } = splitStatements(`${this.#pending}${line}\n`)
    this.#pending = rest.trim() === '' ? '' : rest
    for (const statement of statements) await this.#run(statement)
    return true
  }

  async #command(word: string): Promise<boolean> {
    if (word === '\\q') return false
    if (word === '\\dt') await this.#run(tables)
    else this.#write(help)
    return true
  }

  async #run(text: string): Promise<void> {
    try {
      const { command, rowCount, fields, rows }: QueryArrayResult<(string | null)[]> = await this.#client.query({
        text,
        rowMode: 'array',
        types: asText,
      })
      this.#write(formatResult({ command, rowCount, fields, rows }))
    } catch (error) {
      this.#onError(error as Error)
    }
  }
}

/** An error of PostgreSQL as a person reads it. */
export function describeError(error: Error): string {
  const { message, hint, code } = error as Error & { hint?: string; code?: string }
  return `ERROR${code === undefined ? '' : ` ${code}`}: ${message}\n${hint === undefined ? '' : `HINT: ${hint}\n`}`
}
