import { BookstoreError } from '../../engine/errors.ts'
import { runProgram } from '../machine/program.ts'

/**
 * The transient unit that runs work on. There is one name, so systemd itself sees to it that there is one run, and
 * its description says which.
 */
export class RunUnit {
  readonly #name: string
  readonly #agent: readonly string[]

  /** @param agent How the agent is started: the runtime and its file. */
  constructor(name: string, agent: readonly string[]) {
    this.#name = name
    this.#agent = agent
  }

  /** The id of the run that is under way. */
  async underWay(): Promise<string | undefined> {
    const argv = ['systemctl', 'show', '--property=ActiveState,Description', this.#name] as const
    const { stdout } = await runProgram([...argv])
    if (/^ActiveState=(inactive|failed)$/m.test(stdout)) return undefined
    return /^Description=.* (\S+)$/m.exec(stdout)?.[1]
  }

  /** False when another one was quicker. @throws BookstoreError 'run-not-started'. */
  async start(id: string): Promise<boolean> {
    const argv = [
      'systemd-run',
      `--unit=${this.#name}`,
      `--description=bookstore run ${id}`,
      '--collect',
      '--quiet',
      '--property=TimeoutStopSec=30',
      '--property=RuntimeMaxSec=2h',
      '--',
      ...this.#agent,
      'perform',
      id,
    ] as const
    try {
      await runProgram([...argv])
      return true
    } catch (error) {
      if ((await this.underWay()) !== undefined) return false
      throw notStarted(error)
    }
  }

  /** Asks the run to end between two steps. */
  async interrupt(): Promise<void> {
    await runProgram(['systemctl', 'kill', '--kill-who=main', '--signal=SIGINT', this.#name], { accept: [0, 1] })
  }
}

function notStarted(cause: unknown): BookstoreError {
  const why = cause instanceof BookstoreError ? cause.message : String(cause)
  return new BookstoreError(`The work could not be started on the machine: ${why}`, {
    code: 'run-not-started',
    fault: 'remote',
    hint: 'Look at the machine: systemctl status; journalctl -n 50.',
    cause,
  })
}
