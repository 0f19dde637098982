import { createInterface } from 'node:readline'
import { BookstoreError } from '../../engine/errors.ts'
import type { DatabaseAccess } from '../source/access.ts'
import { withClient } from '../source/access.ts'
import { describeError, SqlSession } from './session.ts'

export interface PromptOptions {
  input: NodeJS.ReadableStream
  /** Where the prompt and what is typed is shown; without it the input is a script, read to its end. */
  echo: NodeJS.WritableStream | undefined
  /** Results and errors. */
  write(text: string): void
  /** Without it every transaction is read-only, until somebody says otherwise in SQL. */
  allowWrites: boolean
  signal: AbortSignal
}

/**
 * The built-in SQL prompt, until `\q` or the end of the input. Ctrl-C throws away what was begun.
 * @throws BookstoreError 'sql-failed' when a statement of a script failed; nothing of it runs after that.
 */
export async function runPrompt(database: DatabaseAccess, options: PromptOptions): Promise<void> {
  const { input, echo, write, allowWrites, signal } = options
  return withClient(database, signal, async (client) => {
    if (!allowWrites) await client.query('set default_transaction_read_only = on')
    const session = new SqlSession(
      client,
      write,
      echo === undefined ? failScript : (error) => echo.write(describeError(error)),
    )
    const lines = createInterface({
      input,
      terminal: echo !== undefined,
      ...(echo === undefined ? {} : { output: echo }),
    })
    const prompt = () => {
      lines.setPrompt(`${database.database}${session.isPending ? '->' : '=>'} `)
      if (echo) lines.prompt()
    }
    const close = () => lines.close()
    signal.addEventListener('abort', close, { once: true })
    lines.on('SIGINT', () => {
      session.forget()
      echo?.write('\n')
      prompt()
    })
    try {
      prompt()
      for await (const line of lines) {
        if (!(await session.take(line))) return
        prompt()
      }
      // A script may leave out its last semicolon.
      if (echo === undefined && session.isPending) await session.take(';')
    } finally {
      signal.removeEventListener('abort', close)
      lines.close()
    }
  })
}

function failScript(error: Error & { code?: string }): never {
  throw new BookstoreError(`PostgreSQL refused a statement: ${error.message}`, {
    code: 'sql-failed',
    fault: 'user',
    ...(error.code === '25006' ? { hint: 'Changes need --write.' } : {}),
    cause: error,
    details: { sqlState: error.code },
  })
}
