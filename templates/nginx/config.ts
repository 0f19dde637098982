import { createHash } from 'node:crypto'
import { cacheStores } from './cache.ts'
import { internalServer, statusServer } from './internal.ts'
import { loginLimit } from './login-limit.ts'
import { type Behind, type PublicSite, publicServers } from './public.ts'
import { type NginxConfig, withRevision } from './revision.ts'
import { type Slots, slotIncludes } from './slots.ts'
import { block, lines, quote } from './text.ts'
import { certificateOnDemand, http2, tlsSettings } from './tls.ts'
import { type Pool, upstream } from './upstream.ts'
import { atLeast, type NginxVersion } from './version.ts'

export interface NginxSettings {
  nginx: NginxVersion
  /** Modules that the build has and that want a folder of their own: 'fastcgi', 'uwsgi', 'scgi'. */
  tempModules: readonly string[]
  /** Run workers as root too, when the folders are closed to everybody else. */
  runAsRoot: boolean
  workers: number
  /** Raise its own limit of open files to this; without it the limit is what it was started with. */
  openFiles?: number
  pidFile: string
  tempFolder: string
  /** Where answers are kept; NGINX makes it, its parent must be there. Nothing is lost with it. */
  cacheFolder: string
  accessLog: string
  statusSocket: string
  site: PublicSite
  /** Where two sets of processes take turns behind the site; then `pools` and `internal` are in files of the slots. */
  slots?: Slots
  /** Without slots two of them are `web` and `gateway`. */
  pools: readonly Pool[]
  /** Sockets that stand for a pool. */
  internal: readonly { socket: string; pool: string }[]
  /** Changes when a certificate file does, so that it is loaded. Not needed where `slots` is: it is read on demand. */
  certificateRevision?: string
}

/** The whole configuration of an NGINX of our own, which reads nothing of the system's. */
export function nginxConfig(settings: NginxSettings): NginxConfig {
  return withRevision((revision) => render(settings, revision))
}

function render(settings: NginxSettings, revision: string): string {
  const { nginx, site, slots, pools, internal } = settings
  return `${lines(
    '# Written by bookstore; the next `bookstore up` writes it again.',
    settings.certificateRevision !== undefined && `# Certificate ${settings.certificateRevision}`,
    'daemon off;',
    settings.runAsRoot && 'user root;',
    `worker_processes ${settings.workers};`,
    'worker_shutdown_timeout 15s;',
    `pid ${quote(settings.pidFile)};`,
    'error_log stderr warn;',
    settings.openFiles !== undefined && `worker_rlimit_nofile ${settings.openFiles};`,
    // A request passes through here up to three times on its way to a service and on to another: six connections.
    block('events', 'worker_connections 8192;'),
    block(
      'http',
      http2(nginx).directive,
      general(settings),
      tlsSettings(nginx),
      slots && certificateOnDemand(site.certificate, nginx),
      compression,
      accessLog(settings.accessLog),
      cacheStores(settings.cacheFolder),
      slots && loginLimit,
      ...pools.map(upstream),
      publicServers(site, behindOf(settings), nginx),
      ...internal.map(({ socket, pool }) => internalServer(socket, pool)),
      statusServer(settings.statusSocket, revision),
      slots && slotIncludes(slots.files),
    ),
  )}\n`
}

/** What another set of processes has made is another page: it refers to files of its own. */
function behindOf({ slots, pools }: NginxSettings): Behind {
  if (slots) return { slots, web: '$slot-web', gateway: '$slot-gateway', pagesOf: '$slot' }
  const sockets = pools.find(({ name }) => name === 'web')?.sockets ?? []
  const pagesOf = createHash('sha256').update(sockets.join('\n')).digest('hex').slice(0, 8)
  return { slots, web: 'web', gateway: 'gateway', pagesOf }
}

function general({ nginx, tempFolder, tempModules }: NginxSettings): string {
  return lines(
    'server_tokens off;',
    'default_type application/octet-stream;',
    ...['client_body', 'proxy', ...tempModules].map((name) => `${name}_temp_path ${quote(`${tempFolder}/${name}`)};`),
    'client_header_timeout 10s;',
    'client_body_timeout 15s;',
    'send_timeout 30s;',
    'keepalive_timeout 75s;',
    // Before this, a reload closes connections that are idle and may just be used again.
    atLeast(nginx.version, '1.27.4') && 'keepalive_min_timeout 10s;',
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
