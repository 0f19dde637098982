import { systemClock } from '../provisioners/engine/clock.ts'
import { BookstoreError, exit } from '../provisioners/engine/errors.ts'
import { interrupted } from '../provisioners/engine/interrupted.ts'
import { verbs } from './commands/index.ts'
import { run } from './frame/run.ts'
import { abilities, type Terminal } from './terminal/terminal.ts'

const showCursor = '\x1b[?25h'

/** The composition root: nothing else of the command line touches `process`. */
async function main(): Promise<void> {
  const stop = new AbortController()
  const terminal = realTerminal()
  listen(stop, terminal)
  process.exitCode = await run(process.argv.slice(2), verbs, {
    terminal,
    clock: systemClock,
    signal: stop.signal,
    cwd: process.cwd(),
    home: process.env.BOOKSTORE_HOME || undefined,
  })
}

function realTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  return {
    ...abilities({ env, stdinIsTty: stdin.isTTY === true, stderrIsTty: stderr.isTTY === true }),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    size: () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 }),
    input: stdin,
    output: stderr,
  }
}

/** The first signal asks the run to end between two steps; the second ends it here and now. */
function listen(stop: AbortController, terminal: Terminal): void {
  const onSignal = () => {
    if (!stop.signal.aborted) return stop.abort(interrupted())
    if (terminal.live) process.stderr.write(showCursor)
    process.exit(exit.interrupted)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  process.on('SIGHUP', onSignal)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => stop.abort(readerGone(error)))
  process.stderr.on('error', () => {})
}

/** `bookstore logs | head`: whoever read our output has seen enough. Nobody is left to tell. */
function readerGone(error: NodeJS.ErrnoException): BookstoreError {
  const status = error.code === 'EPIPE' ? exit.done : exit.failed
  return new BookstoreError('Standard output cannot be written.', {
    code: 'output-closed',
    fault: 'user',
    status,
    cause: error,
  })
}

await main()
