import { block, quote } from './text.ts'

export interface Pool {
  name: string
  /** Unix sockets of the instances. */
  sockets: readonly string[]
  /** Asked when none of them listens. */
  backup?: readonly string[]
}

/**
 * `max_fails=0`: an instance that is just being restarted must not be shunned for ten seconds; a refused connection
 * to a unix socket costs nothing, and the next instance is tried at once. Idle connections are closed after 60 s
 * (the default), before Node's 75 s, so that neither end writes into a closing connection.
 */
export function upstream({ name, sockets, backup = [] }: Pool): string {
  return block(
    `upstream ${name}`,
    ...sockets.map((socket) => `server ${quote(`unix:${socket}`)} max_fails=0;`),
    ...backup.map((socket) => `server ${quote(`unix:${socket}`)} max_fails=0 backup;`),
    'keepalive 64;',
  )
}

/**
 * How a request goes to a pool. `error` alone: what was not sent yet, or what is safe to send twice, goes to the next
 * instance; a POST that was sent never does, and a slow answer is no reason to ask again.
 */
export const proxyTo = (pool: string): string =>
  [
    `proxy_pass http://${pool};`,
    'proxy_http_version 1.1;',
    'proxy_next_upstream error;',
    'proxy_connect_timeout 2s;',
    'proxy_send_timeout 30s;',
    'proxy_read_timeout 30s;',
  ].join('\n')
