import { createHash } from 'node:crypto'
import { cacheStores } from './cache.ts'
import { internalServer, statusServer } from './internal.ts'
import { type PublicSite, publicServers } from './public.ts'
import { block, lines, quote } from './text.ts'
import { http2, tlsSettings } from './tls.ts'
import { type Pool, upstream } from './upstream.ts'
import type { NginxVersion } from './version.ts'

export interface NginxSettings {
  nginx: NginxVersion
  /** Modules that the build has and that want a folder of their own: 'fastcgi', 'uwsgi', 'scgi'. */
  tempModules: readonly string[]
  /** Run workers as root too, when the folders are closed to everybody else. */
  runAsRoot: boolean
  workers: number
  pidFile: string
  tempFolder: string
  /** Where answers are kept; NGINX makes it, its parent must be there. Nothing is lost with it. */
  cacheFolder: string
  accessLog: string
  statusSocket: string
  site: PublicSite
  /** One of them is `web`. */
  pools: readonly Pool[]
  /** Sockets that stand for a pool. */
  internal: readonly { socket: string; pool: string }[]
  /** Changes when a certificate file does, so that it is loaded. */
  certificateRevision: string
}

export interface NginxConfig {
  text: string
  /** What the status socket answers when this text is loaded. */
  revision: string
}

/** The whole configuration of an NGINX of our own, which reads nothing of the system's. */
export function nginxConfig(settings: NginxSettings): NginxConfig {
  const draft = render(settings, '')
  const revision = createHash('sha256').update(draft).digest('hex').slice(0, 16)
  return { text: render(settings, revision), revision }
}

function render(settings: NginxSettings, revision: string): string {
  const { nginx, site, pools, internal } = settings
  return `${lines(
    '# Written by bookstore; the next `bookstore up` writes it again.',
    `# Certificate ${settings.certificateRevision}`,
    'daemon off;',
    settings.runAsRoot && 'user root;',
    `worker_processes ${settings.workers};`,
    'worker_shutdown_timeout 15s;',
    `pid ${quote(settings.pidFile)};`,
    'error_log stderr warn;',
    // A request passes through here up to three times on its way to a service and on to another: six connections.
    'worker_rlimit_nofile 16384;',
    block('events', 'worker_connections 8192;'),
    block(
      'http',
      http2(nginx).directive,
      general(settings),
      tlsSettings(nginx),
      compression,
      accessLog(settings.accessLog),
      cacheStores(settings.cacheFolder),
      ...pools.map(upstream),
      publicServers(site, webOf(pools), nginx),
      ...internal.map(({ socket, pool }) => internalServer(socket, pool)),
      statusServer(settings.statusSocket, revision),
    ),
  )}\n`
}

function webOf(pools: readonly Pool[]): Pool {
  const web = pools.find(({ name }) => name === 'web')
  if (!web) throw new TypeError('a site without pages')
  return web
}

function general({ tempFolder, tempModules }: NginxSettings): string {
  return lines(
    'server_tokens off;',
    'default_type application/octet-stream;',
    ...['client_body', 'proxy', ...tempModules].map((name) => `${name}_temp_path ${quote(`${tempFolder}/${name}`)};`),
    'client_header_timeout 10s;',
    'client_body_timeout 15s;',
    'send_timeout 30s;',
    'keepalive_timeout 75s;',
    'reset_timedout_connection on;',
    'large_client_header_buffers 4 16k;',
    'proxy_buffer_size 16k;',
    'proxy_buffers 8 16k;',
    'sendfile on;',
    'tcp_nodelay on;',
  )
}

const compression = [
  'gzip on;',
  'gzip_comp_level 5;',
  'gzip_min_length 1024;',
  'gzip_proxied any;',
  'gzip_vary on;',
  'gzip_types text/plain text/css text/javascript application/javascript application/json application/problem+json application/manifest+json image/svg+xml;',
].join('\n')

function accessLog(file: string): string {
  const fields = [
    '"time":"$time_iso8601"',
    '"epoch":$msec',
    '"process":"nginx"',
    '"requestId":"$request_id"',
    '"client":"$remote_addr"',
    '"host":"$host"',
    '"method":"$request_method"',
    '"path":"$uri"',
    '"status":$status',
    '"bytes":$body_bytes_sent',
    '"seconds":$request_time',
    '"upstream":"$upstream_addr"',
    '"upstreamSeconds":"$upstream_response_time"',
    '"cache":"$upstream_cache_status"',
    '"protocol":"$server_protocol"',
    '"agent":"$http_user_agent"',
  ]
  return lines(`log_format requests escape=json '{${fields.join(',')}}';`, `access_log ${quote(file)} requests;`)
}
