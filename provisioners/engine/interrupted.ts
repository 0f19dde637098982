import { BookstoreError, exit } from './errors.ts'

/** The reason with which a run's signal aborts when the user presses Ctrl-C or the process is told to end. */
export function interrupted(): BookstoreError {
  return new BookstoreError('Interrupted. What is done stays.', {
    code: 'interrupted',
    fault: 'user',
    status: exit.interrupted,
    hint: 'Run the same command again to go on.',
  })
}

/** True for the reason above, whatever it is wrapped in. */
export function isInterruption(error: unknown): boolean {
  if (error instanceof BookstoreError && error.code === 'interrupted') return true
  return error instanceof Error && error.cause !== undefined && isInterruption(error.cause)
}

/** Why a signal was aborted, as our error: something that aborted without a reason of ours counts as an interruption. */
export function reasonOf(signal: AbortSignal): BookstoreError {
  return signal.reason instanceof BookstoreError ? signal.reason : interrupted()
}
