import { connect } from 'node:net'
import { BookstoreError } from '../../engine/errors.ts'
import { onLine } from './lines.ts'
import type { Reply, Request, SupervisorStatus } from './protocol.ts'

/**
 * Asks the supervisor one thing. `undefined` when there is none (no socket, or nobody behind it),
 * also `undefined` when it says nothing for `patienceMs`: it hangs. Rejects with the signal's reason when aborted; the
 * request itself goes on.
 */
export function ask(
  socketPath: string,
  request: Request,
  signal?: AbortSignal,
  patienceMs = 0,
): Promise<Reply | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const socket = connect(socketPath)
    socket.setTimeout(patienceMs, () => socket.destroy())
    const abort = () => {
      socket.destroy()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTDIR'].includes(error.code ?? '')) resolve(undefined)
      else reject(error)
    })
    socket.on('close', () => {
      signal?.removeEventListener('abort', abort)
      resolve(undefined)
    })
    onLine(socket, (line) => resolve(JSON.parse(line) as Reply))
    socket.write(`${JSON.stringify(request)}\n`)
  })
}

/** Milliseconds; a status is answered at once, even by a busy computer. */
const statusPatience = 15_000

export async function statusOf(socketPath: string, signal?: AbortSignal): Promise<SupervisorStatus | undefined> {
  const reply = await ask(socketPath, { do: 'status' }, signal, statusPatience)
  return reply?.ok ? reply.status : undefined
}

/** Like `ask`, for requests that must be heard. Throws `no-supervisor`, or the code of the refusal. */
export async function demand(socketPath: string, request: Request, signal?: AbortSignal): Promise<void> {
  const reply = await ask(socketPath, request, signal)
  if (reply?.ok) return
  if (reply) throw new BookstoreError(reply.message, { code: reply.code, fault: 'remote' })
  throw new BookstoreError('The supervisor of the local processes went away while it was needed.', {
    code: 'no-supervisor',
    fault: 'remote',
    hint: 'Run `bookstore up` again; it starts a new one.',
  })
}
