import type { Context } from './resource.ts'

export interface Finding {
  ok: boolean
  /** What was found, as one short phrase: 'port 8443 is free', 'PostgreSQL 15.18 (system)'. */
  message: string
  /** The remedy, when `ok` is false: one sentence or command. */
  hint?: string
  /** For `--json`: what the message counts, one by one. */
  details?: Readonly<Record<string, unknown>>
}

/**
 * One question about the world that `doctor` asks before anything is touched. `run` changes nothing, answers
 * within a few seconds, and answers `ok: false` rather than throw when what it checks does not hold.
 */
export interface Check {
  /** Two or three words, aligned in a column: 'free disk space'. */
  readonly name: string
  run(ctx: Context): Promise<Finding>
}
