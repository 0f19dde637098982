import { systemClock } from '../provisioners/engine/clock.ts'
import { BookstoreError, exit } from '../provisioners/engine/errors.ts'
import { interrupted } from '../provisioners/engine/interrupted.ts'
import { verbs } from './commands/index.ts'
import { run } from './frame/run.ts'
import { abilities, type Terminal } from './terminal/terminal.ts'

const showCursor = '\x1b[?25h'

/** The composition root: nothing else of the command line touches `process`. */
async function main(): Promise<void> {
  // AWS's client announces the end of Node 20 at every start; which Node is fit is for our launcher to say.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const stop = new AbortController()
  const terminal = realTerminal()
  listen(stop, terminal)
  process.exitCode = await run(process.argv.slice(2), verbs, {
    terminal,
    clock: systemClock,
    signal: stop.signal,
    cwd: process.cwd(),
    home: process.env.BOOKSTORE_HOME || undefined,
    environment: process.env,
    handOver,
  })
}

/**
 * Streams are opened, and asked whether they are terminals, when that is first needed: it takes several milliseconds,
 * and `--help` only writes.
 */
function realTerminal(): Terminal {
  let known: ReturnType<typeof abilities> | undefined
  const able = () => {
    const { env, stdin, stderr } = process
    known ??= abilities({ env, stdinIsTty: stdin.isTTY === true, stderrIsTty: stderr.isTTY === true })
    return known
  }
  return {
    get live() {
      return able().live
    },
    get interactive() {
      return able().interactive
    },
    get color() {
      return able().color
    },
    get unicode() {
      return able().unicode
    },
    get input() {
      return process.stdin
    },
    get output() {
      return process.stderr
    },
    out: (text) => void process.stdout.write(text),
    err: (text) => void errors().write(text),
    size: () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }),
  }
}

/** The program is in our process group, so that the terminal tells both of Ctrl-C: it must not end us below it. */
async function handOver([program = '', ...args]: readonly string[], env = process.env): Promise<number> {
  const { spawn } = await import('node:child_process')
  const ours = process.listeners('SIGINT')
  const ignore = () => {}
  process.removeAllListeners('SIGINT').on('SIGINT', ignore)
  try {
    return await new Promise((resolve, reject) => {
      spawn(program, args, { stdio: 'inherit', env })
        .on('error', reject)
        .on('exit', (code) => resolve(code ?? exit.failed))
    })
  } finally {
    process.off('SIGINT', ignore)
    for (const listener of ours) process.on('SIGINT', listener)
  }
}

/** Standard error, of which nobody may be left to read. */
function errors(): NodeJS.WriteStream {
  const { stderr } = process
  if (stderr.listenerCount('error') === 0) stderr.on('error', () => {})
  return stderr
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
