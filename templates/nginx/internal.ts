import { problems } from './problem.ts'
import { block, quote } from './text.ts'
import { proxyTo } from './upstream.ts'

/**
 * One address for a service, on a unix socket, whatever the number of its instances. Request ids and all other
 * headers pass as they come.
 */
export function internalServer(socket: string, pool: string): string {
  return block(
    'server',
    `listen ${quote(`unix:${socket}`)};`,
    'access_log off;',
    'client_max_body_size 8m;',
    'keepalive_requests 1000000;',
    block(
      'location /',
      proxyTo(pool),
      'proxy_set_header Host $http_host;',
      'proxy_set_header Connection "";',
      problems.use,
    ),
    problems.locations(),
  )
}

/** Says which configuration the running workers have loaded. */
export function statusServer(socket: string, revision: string): string {
  return block(
    'server',
    `listen ${quote(`unix:${socket}`)};`,
    'access_log off;',
    block('location = /revision', 'default_type text/plain;', `return 200 ${quote(revision)};`),
  )
}
