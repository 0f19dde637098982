/** Whose move it is: the user's input, something outside of us, or a defect of bookstore itself. */
export type Fault = 'user' | 'remote' | 'bug'

/** Exit statuses of the command line contract (docs/reference/exit-codes.md). */
export const exit = {
  done: 0,
  failed: 1,
  changes: 2,
  doesNotHold: 3,
  usage: 64,
  busy: 75,
  configuration: 78,
  interrupted: 130,
} as const

export type ExitStatus = (typeof exit)[keyof typeof exit]

export interface BookstoreErrorOptions {
  /** Stable, kebab-case, for scripts: 'port-taken'. */
  code: string
  fault: Fault
  /** What to do next, as one sentence or command. */
  hint?: string
  status?: ExitStatus
  cause?: unknown
  /** Facts for `--json`; never a secret. */
  details?: Record<string, unknown>
}

/**
 * The one base error. `message` says what happened and why in one or two sentences;
 * `hint` says what to do next. The printer in cli/terminal is its only reader.
 */
export class BookstoreError extends Error {
  readonly code: string
  readonly fault: Fault
  readonly hint: string | undefined
  readonly status: ExitStatus
  readonly details: Record<string, unknown>

  constructor(message: string, options: BookstoreErrorOptions) {
    super(message, { cause: options.cause })
    this.name = 'BookstoreError'
    this.code = options.code
    this.fault = options.fault
    this.hint = options.hint
    this.status = options.status ?? exit.failed
    this.details = options.details ?? {}
  }
}
