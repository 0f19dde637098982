import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { listen } from '../../services/kit/listen.ts'

/** A service that misbehaves on request, on the socket where the gateway looks for one. */
export interface Fixture {
  /** Requests that arrived, oldest first. */
  seen: { method: string; url: string; headers: IncomingMessage['headers']; rawHeaders: string[]; aborted: boolean }[]
  /** Lets every answer of `/held` go out. */
  release(): void
  /** Closes the socket and every connection, as a killed process does. */
  stop(): Promise<void>
}

const chunk = Buffer.alloc(64 * 1024, 'book ')
export const hugeBytes = 200 * chunk.length

type Answer = (request: IncomingMessage, response: ServerResponse, fixture: { held: ServerResponse[] }) => void

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    hash.update(part)
    size += part.length
  }
  const body = JSON.stringify({ url: request.url, size, sha256: hash.digest('hex') })
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

function huge(response: ServerResponse): void {
  let left = hugeBytes / chunk.length
  const more = () => {
    while (left > 0) {
      left--
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const answers: Readonly<Record<string, Answer>> = {
  echo: (request, response) => void echo(request, response).catch(() => response.destroy()),
  huge: (_, response) => huge(response),
  held: (_, response, { held }) => void held.push(response),
  problem: (_, response) =>
    response
      .writeHead(409, { 'content-type': 'application/problem+json', 'retry-after': '7', 'x-request-id': 'another' })
      .end('{"title":"Taken","status":409,"code":"taken"}'),
  cookies: (_, response) =>
    response
      .writeHead(200, { 'set-cookie': ['a=1', 'b=2'], connection: 'x-hop', 'x-hop': '1', 'keep-alive': 'timeout=9' })
      .end('ok'),
  // Reads nothing of the body, as a guard that refuses does.
  refused: (_, response) => response.writeHead(401, { 'content-type': 'application/json' }).end('{}'),
  reset: (request) => request.socket.destroy(),
  half: (request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('half', () => request.socket.destroy())
  },
  garbage: (request) => request.socket.end('this is no HTTP\r\n\r\n'),
  hints: (_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' })
    response.writeHead(200).end('after hints')
  },
  excuse: (_, response) => response.writeHead(503, { server: 'nginx/1.25.4' }).end('{"code":"unavailable"}'),
  nothing: (_, response) => response.writeHead(204).end(),
}

export async function startFixture(socketPath: string): Promise<Fixture> {
  const held: ServerResponse[] = []
  const seen: Fixture['seen'] = []
  const sockets = new Set<Socket>()
  const server: Server = await listen(
    (request, response) => {
      const { method = '', url = '', headers, rawHeaders } = request
      const entry = { method, url, headers, rawHeaders, aborted: false }
      seen.push(entry)
      response.once('close', () => {
        entry.aborted = !response.writableFinished
      })
      const name = (url.split('?', 1)[0] ?? '').split('/')[2] ?? ''
      const answer = answers[name] ?? answers.echo
      answer?.(request, response, { held })
    },
    { socketPath },
  )
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    seen,
    release: () => {
      for (const response of held.splice(0)) response.writeHead(200).end('released')
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
      await rm(socketPath, { force: true })
    },
  }
}
