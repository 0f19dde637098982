import { spawn } from 'node:child_process'

export interface Finished {
  /** Null when a signal ended it. */
  status: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  input?: string | Uint8Array | undefined
  /** 60 000 unless told; the program is killed then, and the promise rejects. */
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** Runs a program of this box to its end. Rejects when it cannot be started, takes too long or `signal` aborts. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { input, timeoutMs = 60_000, signal } = options
  const [program = '', ...args] = argv
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
    // A program that reads nothing may be gone before we have written.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    let failure: unknown
    const end = (reason: unknown) => {
      failure = reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end(new Error(`${shown(argv)} took longer than ${timeoutMs} ms`)), timeoutMs)
    const abort = () => end(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    const settled = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    child.on('error', (error) => {
      settled()
      reject(error)
    })
    child.on('close', (status) => {
      settled()
      if (failure) reject(failure)
      else resolve({ status, ...output })
    })
  })
}

/** `run`, and an ending other than 0 is an error with what the program said last. Resolves with its stdout. */
export async function must(argv: readonly string[], options?: RunOptions): Promise<string> {
  const { status, stdout, stderr } = await run(argv, options)
  if (status === 0) return stdout
  throw new Error(`${shown(argv)} ended with ${status}: ${(stderr || stdout).trim().slice(-2_000)}`)
}

function shown(argv: readonly string[]): string {
  return argv.join(' ').slice(0, 200)
}
