import { closeSync, openSync, writeSync } from 'node:fs'
import { BookstoreError, type ExitStatus } from '../../engine/errors.ts'
import { isInterruption, reasonOf } from '../../engine/interrupted.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import { errorLine, type Line, resultLine, statusOf } from '../protocol.ts'

/** Appends to the file of a run's events. A full disk must not end the run; its follower finds out why it fell silent. */
export class Journal {
  readonly #descriptor: number

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a', 0o600)
  }

  readonly write = (line: Line): void => {
    try {
      writeSync(this.#descriptor, `${JSON.stringify(line)}\n`)
    } catch {
      // See above.
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** Does the work of a verb and says its last word, whatever comes of it. */
export async function conclude(
  { name }: { name: string },
  work: () => Promise<unknown>,
  write: (line: Line) => void,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const last = await work().then(resultLine, (thrown) => errorLine(explained(name, thrown, signal)))
  write(last)
  return statusOf(last)
}

/** Whatever was thrown, as an error of ours. */
export function explained(verb: string, thrown: unknown, signal: AbortSignal): BookstoreError {
  if (thrown instanceof BookstoreError) return thrown
  if (signal.aborted || isInterruption(thrown)) return reasonOf(signal)
  return describeSystemError(thrown, `'${verb}' on the machine`)
}
