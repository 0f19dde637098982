import type { Address } from './address.ts'

/** What a step is about to do or did to one resource. */
export type StepAction = 'create' | 'update' | 'replace' | 'delete'

/**
 * Everything that logic tells the outside world while it works. Renderers (cli/terminal) turn events
 * into a live tree, plain lines or JSON lines; logic never prints. Times are milliseconds.
 */
export type Event =
  | { type: 'run-started'; verb: string; subject: string; detail: string }
  /** The steps that are about to be run, in the order in which they are shown. */
  | { type: 'planned'; steps: readonly { address: Address; label: string; action: StepAction }[] }
  | { type: 'step-started'; address: Address; label: string; action: StepAction }
  /** What a running step waits for right now: 'waiting for PostgreSQL to accept connections'. */
  | { type: 'step-progress'; address: Address; message: string }
  | { type: 'step-finished'; address: Address; label: string; action: StepAction; detail?: string; durationMs: number }
  | {
      type: 'step-failed'
      address: Address
      label: string
      action: StepAction
      code: string
      message: string
      durationMs: number
    }
  /** Never started, because something it depends on failed or the run was interrupted. */
  | { type: 'step-skipped'; address: Address; label: string; because: string }
  /** An attempt failed with a code that is retried; the next follows after `delayMs`. */
  | { type: 'retry'; address: Address; code: string; attempt: number; delayMs: number }
  /** The lease is held by somebody else; we wait for `forMs` at most. */
  | { type: 'waiting'; for: string; forMs: number }
  | { type: 'check'; name: string; ok: boolean; durationMs: number; message?: string; hint?: string }
  | { type: 'note'; level: 'info' | 'warning'; message: string; hint?: string }

export type Emit = (event: Event) => void
