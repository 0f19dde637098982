import { BookstoreError } from '../../../engine/errors.ts'
import type { Host } from '../../host.ts'
import { type Process, processName } from '../units.ts'
import { lastWords, matchesOf } from './log-tail.ts'
import type { ProcessState } from './processes.ts'

function failure(code: string, message: string, log: readonly string[] = [], details: Record<string, unknown> = {}) {
  const hint = 'Mend the release, then run: bookstore deploy'
  return new BookstoreError(message, { code, fault: 'user', hint, details: { ...details, log } })
}

/** The same, with what it means for shoppers and the end of the log. */
export function told(error: BookstoreError, serving: string | undefined): BookstoreError {
  const { code, fault, hint, status, details, message } = error
  const lines = Array.isArray(details.log) ? details.log.slice(-5) : []
  const text = [
    serving === undefined ? message : `${message} The release ${serving} goes on serving.`,
    ...(lines.length === 0 ? [] : ['Its log ends with:', ...lines]),
  ].join('\n')
  return new BookstoreError(text, {
    code,
    fault,
    status,
    details,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

export function releaseMissing(release: string): BookstoreError {
  return new BookstoreError(`This machine does not have the release ${release}.`, {
    code: 'release-missing',
    fault: 'user',
    hint: 'See which ones it has: bookstore releases. To send this one: bookstore deploy',
    details: { release },
  })
}

export function commandFailed(service: string, command: string, log: readonly string[]): BookstoreError {
  const message = `'${service} ${command}' of the new release failed; nothing of the step that failed was kept.`
  return failure(command === 'migrate' ? 'migration-failed' : `${command}-failed`, message, log)
}

export async function crashed(host: Host, process: ProcessState): Promise<BookstoreError> {
  const log = await lastWords(host, matchesOf(process))
  const times = process.restarts === 0 ? 'it ended' : `it ended ${process.restarts + 1} times`
  const message = `${processName(process)} of the new release does not stay up: ${times}.`
  return failure('release-crashed', message, log, { process: processName(process) })
}

/** `says` is the answer of its `readyz`, if there is one. */
export async function notReady(host: Host, late: readonly Process[], seconds: number, says: string | undefined) {
  const names = late.map(processName).join(', ')
  const log = late[0] ? await lastWords(host, matchesOf(late[0])) : []
  const why = says === undefined ? '' : ` It says: ${says}`
  const message = `${names} of the new release ${late.length === 1 ? 'was' : 'were'} not ready after ${seconds} s.${why}`
  return failure('release-not-ready', message, log, { processes: late.map(processName) })
}

export function smokeFailed(checks: readonly { name: string; message?: string }[]): BookstoreError {
  const sentences = checks.map(({ name, message }) => `${name}: ${message ?? 'does not hold'}`)
  return failure('smoke-failed', `The new release does not pass its read-only checks. ${sentences.join(' ')}`)
}

/** After the switch; it was taken back. */
export function switchFailed(why: string): BookstoreError {
  return failure('switch-failed', `The new release did not answer as it should once it served: ${why}`)
}
