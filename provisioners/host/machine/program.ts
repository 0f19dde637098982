import { type ChildProcess, spawn } from 'node:child_process'
import { kill } from 'node:process'
import { BookstoreError } from '../../engine/errors.ts'
import type { RunOptions, RunResult } from '../host.ts'

const environment = {
  LC_ALL: 'C',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  DEBIAN_FRONTEND: 'noninteractive',
}

const patience = 120_000
/** Between asking a group of processes to end and ending it. */
const graceMs = 5_000
/** A daemon may keep the pipes of the program that started it; nobody waits for it. */
const afterExitMs = 1_000
const mostOutput = 16 * 1024 * 1024

/**
 * Runs a program in a process group of its own, without a shell and with an environment that is the same on every
 * machine. What is too slow, or no longer wanted, is ended with all its children.
 *
 * @throws BookstoreError 'program-missing', 'program-failed', 'program-slow'; or the signal's reason.
 */
export async function runProgram(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const { input = '', env = {}, timeoutMs = patience, signal, accept = [0] } = options
  signal?.throwIfAborted()
  const [program, ...args] = argv
  const child = spawn(program, args, { env: { ...environment, ...env }, cwd: '/', detached: true, stdio: 'pipe' })
  const limit = new Limit(child, timeoutMs, signal)
  try {
    const ended = await outcome(child, input)
    signal?.throwIfAborted()
    if (limit.passed) throw slow(argv, timeoutMs, ended)
    if (!accept.includes(ended.code)) throw failed(argv, ended)
    return ended
  } catch (error) {
    throw isAbsence(error) ? missing(program) : error
  } finally {
    limit.lift()
  }
}

/** Ends a process group when its time is over or its run was interrupted. */
class Limit {
  passed = false
  readonly #child: ChildProcess
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  #grace: NodeJS.Timeout | undefined

  constructor(child: ChildProcess, timeoutMs: number, signal: AbortSignal | undefined) {
    this.#child = child
    this.#signal = signal
    this.#timer = setTimeout(() => {
      this.passed = true
      this.#end()
    }, timeoutMs)
    signal?.addEventListener('abort', this.#end, { once: true })
  }

  lift(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#grace)
    this.#signal?.removeEventListener('abort', this.#end)
  }

  readonly #end = () => {
    this.#kill('SIGTERM')
    this.#grace = setTimeout(() => this.#kill('SIGKILL'), graceMs)
  }

  #kill(name: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      kill(-pid, name)
    } catch {
      // It has ended meanwhile.
    }
  }
}

function outcome(child: ChildProcess, input: string): Promise<RunResult> {
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  // A program that does not read its input closes the pipe, which is its right.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', () => setTimeout(letGo, afterExitMs, child).unref())
    // A program that a signal ended has no code of its own; shells say 128 and more.
    child.on('close', (code) => resolve({ code: code ?? 128, stdout: stdout(), stderr: stderr() }))
  })
}

function letGo(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** The end of a stream, as text, whenever it is asked for. */
function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-mostOutput)
  })
  return () => text
}

function isAbsence(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return code === 'ENOENT' && syscall?.startsWith('spawn') === true
}

function missing(program: string): BookstoreError {
  return new BookstoreError(`The machine has no program '${program}'.`, {
    code: 'program-missing',
    fault: 'remote',
    hint: `Install the package that brings ${program}, then run the same command again.`,
  })
}

function failed(argv: readonly string[], { code, stdout, stderr }: RunResult): BookstoreError {
  const said = lastLines(stderr) || lastLines(stdout) || 'It said nothing.'
  return new BookstoreError(`'${shown(argv)}' ended with ${code}. ${said}`, {
    code: 'program-failed',
    fault: 'remote',
    details: { argv, exitCode: code, output: lastLines(`${stdout}\n${stderr}`, 20) },
  })
}

function slow(argv: readonly string[], timeoutMs: number, { stdout, stderr }: RunResult): BookstoreError {
  const said = lastLines(`${stdout}\n${stderr}`)
  return new BookstoreError(
    `'${shown(argv)}' had not ended after ${Math.round(timeoutMs / 1000)} s and was stopped. ${said}`.trim(),
    { code: 'program-slow', fault: 'remote', hint: 'Run the same command again; it goes on where it stopped.' },
  )
}

function shown(argv: readonly string[]): string {
  const text = argv.join(' ')
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

/** The last lines that say something, as one text. */
export function lastLines(text: string, count = 3): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n')
}
