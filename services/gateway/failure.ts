import { Problem, unavailable } from '../kit/problem.ts'
import { TooLarge } from './upload.ts'

/** The service said nothing in time. */
export class AnswerTimeout extends Error {}

/** The connection was refused, cut, or never there. Node's and undici's codes. */
const connectionLost: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'EAGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
])

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? ''

export const isConnectionLost = (error: unknown): boolean => connectionLost.has(codeOf(error))

export const tooLarge = (limit: number): Problem =>
  new Problem(413, 'too-large', 'Body too large', { detail: `At most ${limit} bytes are taken.` })

export const busy = (service: string): Problem =>
  new Problem(503, 'busy', 'Too busy right now', {
    detail: `${service} has too much to do. Try again in a moment.`,
    headers: { 'retry-after': '1' },
  })

/** What the client is told when a service gave no answer. */
export function problemOf(error: Error, service: string, bodyLimit: number): Problem {
  if (error instanceof TooLarge) return tooLarge(bodyLimit)
  if (error instanceof AnswerTimeout) {
    return new Problem(504, 'timeout', 'No answer in time', {
      detail: `${service} did not answer in time.`,
      cause: error,
    })
  }
  if (codeOf(error) === 'UND_ERR_INVALID_ARG') {
    return new Problem(400, 'bad-request', 'The request cannot be read', { cause: error })
  }
  return unavailable(`${service} does not answer.`, error)
}
