import type { Readable } from 'node:stream'
import { BookstoreError } from '../engine/errors.ts'
import type { Event } from '../engine/events.ts'
import type { Context } from '../engine/resource.ts'
import { type ErrorLine, errorOf, type Line, type ResultLine } from '../host/protocol.ts'
import type { Connection } from '../ssh/connection.ts'

/** Exit status of a command that found no agent to start. */
export const nothingServes = 66

export interface Call {
  /** The verb's own, as JSON. */
  input?: Readonly<Record<string, unknown>>
  secrets?: Readonly<Record<string, string>>
  /** Standard input as it is, instead of a request in JSON. */
  body?: Readable
  /** Words behind the verb. */
  args?: readonly string[]
}

/** The agent on a machine, as provisioners/host/protocol.ts describes how to speak to it. */
export class RemoteAgent {
  readonly #connection: Connection
  readonly #command: readonly string[]
  readonly #by: string
  readonly #shown: (event: Event) => Event

  /**
   * @param command How it is started: the runtime and its file.
   * @param by Who asks: 'ana@laptop'.
   * @param shown Makes the machine's events ours, where there are several machines.
   */
  constructor(
    connection: Connection,
    {
      command,
      by,
      shown = (event) => event,
    }: { command: readonly string[]; by: string; shown?: (event: Event) => Event },
  ) {
    this.#connection = connection
    this.#command = command
    this.#by = by
    this.#shown = shown
  }

  /** The same agent, by another way in. */
  over(connection: Connection): RemoteAgent {
    return new RemoteAgent(connection, { command: this.#command, by: this.#by, shown: this.#shown })
  }

  /**
   * Asks for one verb and passes its events on. An interruption is passed on too: the run on the machine stops between
   * two steps, and says so.
   *
   * @returns What the verb came to.
   * @throws BookstoreError as the agent said it; 'ssh-lost' when the connection broke: the run goes on there.
   */
  async call<T>(verb: string, { input = {}, secrets, body, args = [] }: Call, ctx: Context): Promise<T> {
    let last: ResultLine | ErrorLine | undefined
    const onLine = (text: string) => {
      const line = parse(text)
      if (line?.type === 'result' || line?.type === 'error') last = line
      else if (line && line.type !== 'run') ctx.emit(this.#shown(line))
    }
    const interrupt = () => void this.#interrupt()
    ctx.signal.throwIfAborted()
    ctx.signal.addEventListener('abort', interrupt, { once: true })
    try {
      const request = JSON.stringify({ by: this.#by, ...(secrets ? { secrets } : {}), ...input })
      const { code, stderr } = await this.#connection.run([...this.#command, verb, ...args], {
        input: body ?? request,
        onLine,
        accept: 'any',
      })
      if (!last && code === nothingServes) throw unopened(this.#connection.target.host)
      if (!last) throw mute(verb, this.#connection.target.host, code, stderr)
    } finally {
      ctx.signal.removeEventListener('abort', interrupt)
    }
    if (last.type === 'error') throw errorOf(last)
    return last.data as T
  }

  async #interrupt(): Promise<void> {
    const argv = [...this.#command, 'interrupt']
    await this.#connection.run(argv, { input: '{}', timeoutMs: 10_000 }).catch(() => {})
  }
}

/** A program that the agent ran may have written to its output; such lines are nobody's. */
function parse(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line
    return typeof line.type === 'string' ? line : undefined
  } catch {
    return undefined
  }
}

function unopened(host: string): BookstoreError {
  return new BookstoreError(`No shop stands on ${host} yet.`, {
    code: 'nothing-serves',
    fault: 'user',
    hint: 'Open it with: bookstore up',
  })
}

function mute(verb: string, host: string, code: number, stderr: string): BookstoreError {
  const said = stderr.trim().split('\n').at(-1) ?? ''
  return new BookstoreError(
    `The agent on ${host} ended '${verb}' with status ${code} and without an answer${said === '' ? '.' : `: ${said}`}`,
    { code: 'agent-mute', fault: 'remote', hint: 'Run the same command again.', details: { status: code } },
  )
}
