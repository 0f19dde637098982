import { z } from 'zod'
import { BookstoreError, type ExitStatus, exit } from '../engine/errors.ts'
import type { Event } from '../engine/events.ts'

/**
 * What is said between an operator's side and the agent: one JSON object in, one JSON object a line out.
 *
 * In: `{by?, secrets?, ...}`; the rest is the verb's own. Out: at most one `run` (of a verb that changes the machine), events
 * as everywhere, and last a `result` or an `error`. The agent's exit status says the same as the last line. Without a
 * last line the connection broke; the run goes on, and `follow` finds it.
 */
export type Line = RunLine | Event | ResultLine | ErrorLine

/** Which run these lines belong to. */
export interface RunLine {
  type: 'run'
  id: string
  verb: string
  /** 'ana@laptop', as the caller named itself. */
  by: string
  /** ISO 8601 */
  since: string
}

export interface ResultLine {
  type: 'result'
  ok: true
  /** What the verb came to; its own shape. */
  data: unknown
}

export interface ErrorLine {
  type: 'error'
  code: string
  message: string
  hint?: string
  fault: BookstoreError['fault']
  status: ExitStatus
  details: Record<string, unknown>
}

export const resultLine = (data: unknown): ResultLine => ({ type: 'result', ok: true, data: data ?? null })

export function errorLine({ code, message, hint, fault, status, details }: BookstoreError): ErrorLine {
  return { type: 'error', code, message, ...(hint === undefined ? {} : { hint }), fault, status, details }
}

export function isLast(line: Line): line is ResultLine | ErrorLine {
  return line.type === 'result' || line.type === 'error'
}

export function statusOf(line: ResultLine | ErrorLine): ExitStatus {
  return line.type === 'result' ? exit.done : line.status
}

/** The error that a line tells of, for those who throw. */
export function errorOf({ message, type: _, ...options }: ErrorLine): BookstoreError {
  return new BookstoreError(message, options)
}

const request = z.looseObject({
  by: z.string().optional(),
  secrets: z.record(z.string().regex(/^[a-z0-9-]+$/), z.string()).optional(),
})

export interface Request {
  by: string | undefined
  secrets: Readonly<Record<string, string>>
  /** The verb's own. */
  input: unknown
}

/** @throws BookstoreError 'request-invalid'. */
export function parseRequest(text: string): Request {
  const parsed = request.safeParse(parseJson(text))
  if (!parsed.success) throw requestInvalid(z.prettifyError(parsed.error))
  const { by, secrets = {}, ...input } = parsed.data
  return { by, secrets, input }
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw requestInvalid('it is not JSON')
  }
}

export function requestInvalid(why: string): BookstoreError {
  return new BookstoreError(`The agent on the machine does not understand what it was asked: ${why}`, {
    code: 'request-invalid',
    fault: 'bug',
    hint: 'The agent and this bookstore are of different releases: run bookstore up.',
  })
}
