import type { Readable, Writable } from 'node:stream'
import type { Command } from 'commander'
import type { ExitStatus } from '../provisioners/engine/errors.ts'
import type { Emit, Event } from '../provisioners/engine/events.ts'
import type { Clock } from '../provisioners/engine/resource.ts'
import type { Site } from '../provisioners/site.ts'

/** Options that every verb takes. */
export interface GlobalOptions {
  config?: string
  env?: string
  target?: string
  json: boolean
  yes: boolean
  quiet: boolean
  verbose: boolean
}

/** What a verb leaves behind: an exit status, data for `--json`, and lines for people. */
export interface Outcome {
  status: ExitStatus
  /** Becomes the fields of the last JSON line, `{"type":"result","ok":...}`. No secrets. */
  result: Record<string, unknown>
  /** Data on stdout for people (a table, a URL). Without it nothing is written there. */
  text?: string
  /** The commands worth typing next, most useful first. */
  next?: readonly string[]
}

export interface Question {
  message: string
  /** The answer of an empty line. */
  initial: string
  /** Why an answer will not do, or undefined when it will. */
  check(answer: string): string | undefined
}

/** What a verb may use. Only `cli/main.ts` builds one; nothing below reads process.*. */
export interface Invocation<Options = Record<string, unknown>> {
  readonly args: readonly string[]
  readonly options: Options & GlobalOptions
  readonly signal: AbortSignal
  readonly clock: Clock
  emit: Emit
  /** Loads and validates the configuration once; throws a BookstoreError with status 78. */
  site(): Promise<Site>
  /** False without a terminal unless `--yes`; then throws 'confirmation-needed' with the way on. Declining throws 'declined' (status 1). */
  confirm(question: string): Promise<void>
  /** One line of text from a person; call it only when `interactive`. Cancelling throws 'declined'. */
  ask(question: Question): Promise<string>
  /** Writes data (logs, completion scripts, SQL output) to stdout as it comes. */
  write(text: string): void
  /**
   * Gives the terminal to a program until it ends; Ctrl-C is its own meanwhile. Resolves with its exit code.
   * @param env Its whole environment; ours when left out.
   */
  handOver(argv: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<number>
  /** Standard input, and where what is typed there is echoed: undefined when nobody types. */
  readonly input: { stream: Readable; echo: Writable | undefined }
  readonly interactive: boolean
  /** Absolute; relative paths on the command line start here. */
  readonly cwd: string
  /** Where a target finds the secrets of providers and the SSH agent. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * One verb, one file under `cli/commands`. The top of the file must stay cheap (no zod, no yaml, no
 * provisioners at run time): `--help` loads all of them. `run` imports what it needs.
 */
export interface Verb {
  name: string
  summary: string
  /** Declares arguments and options on the command that the frame made. */
  declare?(command: Command): void
  /** Says how the configuration was understood: that a public domain is previewed under a local name. */
  explainsSite?: true
  /** Nested verbs: `db backup`. A verb with children has no `run` of its own. */
  children?: readonly Verb[]
  run?(invocation: Invocation): Promise<Outcome>
}

export type { Event }
