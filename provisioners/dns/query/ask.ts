import { randomInt } from 'node:crypto'
import { BookstoreError } from '../../engine/errors.ts'
import { decodeMessage } from '../message/decode.ts'
import { encodeQuery } from '../message/encode.ts'
import { type FoundRecord, type Message, type RecordType, rcodeName, types } from '../message/types.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import { exchangeTcp, exchangeUdp } from './transport.ts'

/** Milliseconds for one try; UDP is tried twice. */
const timeoutMs = 3_000

export interface Asking {
  signal: AbortSignal
  /** True for a resolver, which finds out what it does not know; false for an authoritative server. */
  recurse?: boolean
}

/**
 * Asks one server one question: over UDP, a second time when nothing comes, and over TCP when the answer is cut short.
 * NXDOMAIN is an answer like any other.
 *
 * @throws BookstoreError 'dns-silent' when the server cannot be reached or does not answer, 'dns-answer' when it
 *   answers with an error code or with nonsense.
 */
export async function ask(server: Endpoint, name: string, type: RecordType, asking: Asking): Promise<Message> {
  const id = randomInt(65_536)
  const query = encodeQuery(id, { name, type: types[type] }, asking.recurse ?? false)
  const accepts = (answer: Buffer) => isAnswerTo(answer, id, name, types[type])
  const options = { timeoutMs, signal: asking.signal }
  const udp = () => exchangeUdp(server, query, accepts, options)
  const answer = await udp()
    .catch((error) => (isTimeout(error) ? udp() : Promise.reject(error)))
    .then((bytes) => (decodeMessage(bytes).truncated ? exchangeTcp(server, query, accepts, options) : bytes))
    .then(decodeMessage)
    .catch((error) => {
      asking.signal.throwIfAborted()
      throw silent(server, error)
    })
  if (answer.rcode !== 0 && rcodeName(answer.rcode) !== 'NXDOMAIN') throw refused(server, name, type, answer.rcode)
  return answer
}

/** The records of an answer that are about this very name. */
export function recordsOf(records: readonly FoundRecord[], name: string, type: RecordType): FoundRecord[] {
  return records.filter((record) => record.type === types[type] && record.name === name)
}

function isAnswerTo(bytes: Buffer, id: number, name: string, type: number): boolean {
  if (bytes.length < 12 || bytes.readUInt16BE(0) !== id || (bytes.readUInt8(2) & 0x80) === 0) return false
  try {
    const [question] = decodeMessage(bytes).questions
    return question === undefined || (question.name === name && question.type === type)
  } catch {
    return false
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ETIMEDOUT'
}

function silent(server: Endpoint, cause: unknown): BookstoreError {
  const { code, message } = cause as { code?: string; message: string }
  const why = code === 'ECONNREFUSED' ? 'nothing listens there' : message
  return new BookstoreError(`The name server ${endpointText(server)} does not answer: ${why}.`, {
    code: 'dns-silent',
    fault: 'remote',
    hint: 'Check that port 53, UDP and TCP, is open from here to that server.',
    cause,
    details: { server: endpointText(server), systemCode: code },
  })
}

function refused(server: Endpoint, name: string, type: string, code: number): BookstoreError {
  const rcode = rcodeName(code)
  return new BookstoreError(`The name server ${endpointText(server)} answers ${rcode} to ${type} of ${name}.`, {
    code: 'dns-answer',
    fault: 'remote',
    details: { server: endpointText(server), rcode },
  })
}
