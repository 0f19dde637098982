import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../../bin/bookstore', import.meta.url))

/** How a run of bookstore ended. */
export interface Ended {
  status: number | null
  signal: NodeJS.Signals | null
  /** Of its last line, where it could say one: 'busy', 'aws-timeout'. */
  code: string | undefined
  /** All that it said, for whoever looks into a failure. */
  said: string
  ms: number
}

/** A run of the real program, as an operator would start it. */
export class Run {
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  /** What it has said so far. */
  readonly said: () => string

  /** @param words Before them may stand a program that starts it in some other way: ['unshare', '--uts', ...]. */
  constructor(words: readonly string[], cwd: string, environment: Record<string, string>, by: readonly string[] = []) {
    const [program = '', ...args] = [...by, process.execPath, launcher, ...words, '--json']
    const started = performance.now()
    this.#child = spawn(program, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    this.said = () => said
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (status, signal) => {
        resolve({ status, signal, code: codeIn(said), said, ms: performance.now() - started })
      })
    })
  }

  /** Resolves when it has ended of it: what it had sent before is sent, and nothing more will be. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }

  interrupt(): void {
    this.#child.kill('SIGINT')
  }
}

function codeIn(said: string): string | undefined {
  const last = said.split('\n').findLast((line) => line.startsWith('{') && line.includes('"error"'))
  try {
    return (JSON.parse(last ?? '{}') as { error?: { code?: string } }).error?.code
  } catch {
    return undefined
  }
}
