import { request } from 'node:http'

export interface SocketAsk {
  method?: 'GET' | 'PUT'
  /** Sent as JSON. */
  body?: unknown
  /** Milliseconds; five seconds by default. */
  timeoutMs?: number
}

export interface SocketAnswer {
  status: number
  text: string
}

/** One HTTP exchange over a Unix socket; undefined when there is no answer in time. Never rejects. */
export function askSocket(socketPath: string, path: string, ask: SocketAsk = {}): Promise<SocketAnswer | undefined> {
  const { method = 'GET', timeoutMs = 5_000 } = ask
  const body = ask.body === undefined ? undefined : JSON.stringify(ask.body)
  const headers = { host: 'localhost', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const call = request({ socketPath, path, method, headers, agent: false, signal }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', () => resolve(undefined))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    call.on('error', () => resolve(undefined))
    call.end(body)
  })
}
