import type { Readable, Writable } from 'node:stream'

/** Where a run talks: `cli/main.ts` makes the real one, tests make one of strings. */
export interface Terminal {
  /** Data: standard output. */
  out(text: string): void
  /** Talk: standard error. */
  err(text: string): void
  /** Standard error is a terminal that can move its cursor. */
  readonly live: boolean
  /** A person is there to answer. */
  readonly interactive: boolean
  readonly color: boolean
  readonly unicode: boolean
  /** Of the terminal on standard error, as it is now. */
  size(): { columns: number; rows: number }
  readonly input: Readable
  readonly output: Writable
}

export interface TerminalFacts {
  env: Record<string, string | undefined>
  stdinIsTty: boolean
  stderrIsTty: boolean
}

/** What a terminal can do, by its environment: NO_COLOR (no-color.org), FORCE_COLOR, TERM, the locale. */
export function abilities({ env, stdinIsTty, stderrIsTty }: TerminalFacts) {
  const live = stderrIsTty && env.TERM !== 'dumb'
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return {
    live,
    interactive: live && stdinIsTty,
    color: !env.NO_COLOR && (live || Boolean(env.FORCE_COLOR)),
    unicode: /utf-?8/i.test(locale),
  }
}
