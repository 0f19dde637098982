import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { Endpoint } from './endpoint.ts'

export interface Exchange {
  timeoutMs: number
  signal: AbortSignal
}

/** What a transport rejects with, beside the system's own errors and the signal's reason: code 'ETIMEDOUT'. */
function tooLate(ms: number): Error {
  return Object.assign(new Error(`no answer within ${ms / 1000} s`), { code: 'ETIMEDOUT' })
}

/**
 * Sends one datagram and resolves with the first that `accepts` takes. The socket is connected, so that only the asked
 * address can answer, and a closed port is noticed (ECONNREFUSED).
 */
export function exchangeUdp(
  { address, port }: Endpoint,
  message: Buffer,
  accepts: (answer: Buffer) => boolean,
  options: Exchange,
): Promise<Buffer> {
  return settle(options, (resolve, reject) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    socket.on('error', reject)
    socket.on('message', (answer) => accepts(answer) && resolve(answer))
    socket.connect(port, address, () => socket.send(message))
    return () => socket.close()
  })
}

/** The same over TCP, where each message is preceded by its length (RFC 1035, section 4.2.2). */
export function exchangeTcp(
  { address, port }: Endpoint,
  message: Buffer,
  accepts: (answer: Buffer) => boolean,
  options: Exchange,
): Promise<Buffer> {
  return settle(options, (resolve, reject) => {
    let received = Buffer.alloc(0)
    const socket = connect({ host: address, port })
    socket.on('error', reject)
    socket.on('close', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })))
    socket.on('data', (part) => {
      received = Buffer.concat([received, part])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const answer = received.subarray(2, end)
        received = received.subarray(end)
        if (accepts(answer)) return resolve(answer)
      }
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
    return () => socket.destroy()
  })
}

/** Runs `start` until it settles, the time is over or the signal aborts; what it returns is called in every case. */
function settle<T>(
  { timeoutMs, signal }: Exchange,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  signal.throwIfAborted()
  return new Promise<T>((resolve, reject) => {
    let ended = false
    const end = (finish: () => void) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      stop()
      finish()
    }
    const abort = () => end(() => reject(signal.reason))
    const timer = setTimeout(() => end(() => reject(tooLate(timeoutMs))), timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    const stop = start(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    )
  })
}
