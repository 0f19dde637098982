import { readFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request as plain } from 'node:http'
import { type Agent, request as secure } from 'node:https'
import { connect } from 'node:tls'
import { authorityFiles } from '../../provisioners/certificates/store.ts'
import { layoutOf } from '../../provisioners/local/layout.ts'
import type { Site } from '../../provisioners/site.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Ask {
  method?: string
  headers?: Record<string, string>
  body?: Buffer | string
  /** The name in the handshake. */
  servername?: string
  agent?: Agent | false
}

export function authorityOf(site: Site): string {
  return readFileSync(authorityFiles(layoutOf(site).tls).certificate, 'utf8')
}

/** Asks the site over HTTPS, trusting its authority and nothing else. */
export function ask(site: Site, path: string, { body, servername = site.domain, ...rest }: Ask = {}): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port: site.local.httpsPort,
    path,
    servername,
    // A connection of its own: one that is kept alive may be closed by a reload just when it is used again.
    agent: false,
    ca: authorityOf(site),
    ...rest,
    headers: { host: `${site.domain}:${site.local.httpsPort}`, ...rest.headers },
  }
  return answerOf((done) => secure(options, done), body)
}

export function askPlainly(site: Site, path: string, host = site.domain): Promise<Answer> {
  const options = { host: '127.0.0.1', port: site.local.httpPort, path, headers: { host } }
  return answerOf((done) => plain(options, done))
}

/** Asks something that listens on a unix socket. */
export function askSocket(socketPath: string, path: string, method = 'GET', headers = {}): Promise<Answer> {
  return answerOf((done) => plain({ socketPath, path, method, headers: { host: 'localhost', ...headers } }, done))
}

type Start = (done: (answer: import('node:http').IncomingMessage) => void) => import('node:http').ClientRequest

function answerOf(start: Start, body?: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = start((answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** The protocol that a handshake agrees on, or the reason why there was none. */
export function shakeHands(site: Site, servername: string, protocols = ['h2', 'http/1.1']): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port: site.local.httpsPort,
      servername,
      ca: authorityOf(site),
      ALPNProtocols: protocols,
    }
    const socket = connect(options, () => {
      resolve(String(socket.alpnProtocol))
      socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}
