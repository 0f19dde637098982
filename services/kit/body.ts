import type { IncomingMessage } from 'node:http'
import type { RawBody } from './endpoint.ts'
import { Problem } from './problem.ts'

const jsonLimit = 256 * 1024

const tooLarge = (limit: number) =>
  new Problem(413, 'too-large', 'Body too large', { detail: `At most ${limit} bytes are taken.` })

/**
 * Reads at most `limit` bytes. What comes after them is read and forgotten rather than cut off: a client that is still
 * sending would see a broken connection in place of its answer. @throws Problem 413 when there are more, 400 when the client goes away.
 */
function readBytes(message: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const incomplete = (cause?: unknown) =>
      reject(new Problem(400, 'incomplete-body', 'The body did not arrive whole', { cause }))
    if (Number(message.headers['content-length'] ?? 0) > limit) {
      message.resume()
      reject(tooLarge(limit))
      return
    }
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      chunks.length = 0
      reject(tooLarge(limit))
    })
    message.once('end', () => resolve(Buffer.concat(chunks)))
    message.once('error', incomplete)
    message.once('close', incomplete)
  })
}

const mediaType = (message: IncomingMessage) =>
  (message.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

function unsupported(accepted: readonly string[]): Problem {
  return new Problem(415, 'unsupported-media-type', 'Unsupported media type', {
    detail: `Send ${accepted.join(' or ')}.`,
  })
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** @throws Problem 400 malformed, 413 too large, 415 not JSON. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  if (mediaType(message) !== 'application/json') throw unsupported(['application/json'])
  const bytes = await readBytes(message, jsonLimit)
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new Problem(400, 'malformed-json', 'The body is not valid JSON', { cause })
  }
}

/** @throws Problem 413 too large, 415 another type. */
export async function readRaw(message: IncomingMessage, raw: RawBody): Promise<Buffer> {
  if (!raw.types.includes(mediaType(message))) throw unsupported(raw.types)
  return readBytes(message, raw.limit)
}
