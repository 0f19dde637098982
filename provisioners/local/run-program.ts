import { type SpawnOptions, spawn } from 'node:child_process'

export interface Finished {
  /** `null` when a signal ended it. */
  code: number | null
  /** stdout and stderr as they came, the last 64 KiB. */
  output: string
}

/**
 * Runs a program to its end and collects what it says. Aborting asks it to end (SIGTERM), waits until it has, and
 * rejects with the signal's reason. Rejects with the system's error when it cannot be started.
 */
export function runProgram(
  argv: readonly string[],
  options: SpawnOptions & { signal?: AbortSignal | undefined } = {},
): Promise<Finished> {
  const { signal, ...rest } = options
  const [program = '', ...args] = argv
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...rest })
    let output = ''
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-65_536)
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    const abort = () => child.kill('SIGTERM')
    signal?.addEventListener('abort', abort, { once: true })
    child.on('error', reject)
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort)
      if (signal?.aborted) reject(signal.reason)
      else resolve({ code, output })
    })
  })
}

/** The last lines of an output that are worth repeating in an error message: no stack frames, no blank lines. */
export function lastLines(output: string, count = 3): string[] {
  const telling = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line))
  return telling.slice(-count).map((line) => line.trim())
}
