import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { databaseUrl, type Places } from '../shop/services.ts'
import type { Site } from '../site.ts'

/**
 * Longest `run` folder, in bytes. A socket address holds 107 on Linux and 103 on macOS (unix(7), sys/un.h);
 * the longest name that we put below it is `payments-8-internal.sock`.
 */
const longestRunFolder = 77

/** Where everything of a local site is. Pure: no folder is touched. */
export interface Layout {
  home: string
  /** Sockets, pids, the supervisor's list. */
  run: string
  /** `<home>/run`, which is a link to `run` when the home lies too deep for socket addresses. */
  runLink: string
  supervisorSocket: string
  journal: string
  desired: string
  /** Folder of PostgreSQL's socket. */
  databaseSocket: string
  secrets: string
  credentials: string
  cluster: string
  covers: string
  tls: string
  nginxConfig: string
  nginxTemp: string
  nginxCache: string
  errorPages: string
  libraries: string
  logs: string
  settings: string
}

export function layoutOf(site: Pick<Site, 'home'>): Layout {
  const { home } = site
  const run = runFolder(home)
  return {
    home,
    run,
    runLink: join(home, 'run'),
    supervisorSocket: join(run, 'supervisor.sock'),
    journal: join(run, 'pids.json'),
    desired: join(run, 'desired.json'),
    databaseSocket: join(run, 'pg'),
    secrets: join(home, 'secrets'),
    credentials: join(home, 'credentials'),
    cluster: join(home, 'data/postgres'),
    covers: join(home, 'data/covers'),
    tls: join(home, 'tls'),
    nginxConfig: join(home, 'etc/nginx.conf'),
    nginxTemp: join(home, 'tmp/nginx'),
    nginxCache: join(home, 'tmp/cache'),
    errorPages: join(home, 'etc/pages'),
    libraries: join(home, 'lib'),
    logs: join(home, 'logs'),
    settings: join(home, 'settings.json'),
  }
}

export function socketOf(layout: Layout, name: string): string {
  return join(layout.run, `${name}.sock`)
}

export function placesOf(layout: Layout): Places {
  const socket = (name: string) => socketOf(layout, name)
  return {
    covers: layout.covers,
    upstream: socket,
    instance: socket,
    databaseUrl: (service) => databaseUrl(service, layout.databaseSocket),
  }
}

/** In /tmp, not in XDG_RUNTIME_DIR: that is removed when the user logs out, and the site stays. */
function runFolder(home: string): string {
  const near = join(home, 'run')
  if (Buffer.byteLength(near) <= longestRunFolder) return near
  return join('/tmp', `bookstore-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`)
}
