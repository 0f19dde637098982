import { request } from 'node:http'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Probe } from './spec.ts'

/** Milliseconds after which a probe that got no answer counts as failed. */
const patience = 2_000

/** Whether the process answers as it should. Never rejects. */
export function probe(what: Probe): Promise<boolean> {
  switch (what.kind) {
    case 'http':
      return answers(what.socket, what.path)
    case 'postgres':
      return acceptsSessions(what.socket)
    case 'tls':
      return shakesHands(what.port, what.name)
  }
}

/** 200 over a unix socket. */
export function answers(socketPath: string, path: string, patienceMs = patience): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      { socketPath, path, agent: false, timeout: patienceMs, headers: { host: 'localhost' } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      },
    )
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(false))
    call.on('close', () => resolve(false))
    call.end()
  })
}

/**
 * Sends a start-up message. 'R' asks for a password: sessions are accepted. 'E' is a refusal, such as
 * 57P03 while the server recovers. (PostgreSQL manual, "Message Formats".)
 */
function acceptsSessions(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.setTimeout(patience, () => socket.destroy())
    socket.on('connect', () => socket.write(startupMessage('bookstore', 'postgres')))
    socket.on('data', (data) => {
      resolve(data[0] === 0x52)
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}

function startupMessage(user: string, database: string): Buffer {
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0database\0${database}\0\0`, 'latin1')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length + 4)
  return Buffer.concat([length, body])
}

function shakesHands(port: number, servername: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Whose certificate it is does not matter here; `cert status` looks at that.
    const socket = connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false }, () => {
      resolve(true)
      socket.destroy()
    })
    socket.setTimeout(patience, () => socket.destroy())
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}
