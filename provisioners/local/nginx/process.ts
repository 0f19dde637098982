import { dirname, join } from 'node:path'
import { atLeast } from '../../../templates/nginx/version.ts'
import { upstreams } from '../../shop/services.ts'
import type { Site } from '../../site.ts'
import { type Layout, socketOf } from '../layout.ts'
import type { ProcessSpec } from '../supervisor/spec.ts'
import type { NginxServer } from './locate.ts'

export function statusSocket(layout: Layout): string {
  return socketOf(layout, 'nginx-status')
}

export function accessLog(layout: Layout): string {
  return join(layout.logs, 'requests.log')
}

/** Runs a configuration file of ours, and says so before any file of the system is opened. */
export function nginxArguments({ program, version }: NginxServer, file: string): string[] {
  const early = atLeast(version, '1.19.5') ? ['-e', 'stderr'] : []
  return [program, ...early, '-p', dirname(file), '-c', file]
}

export function nginxSpec(site: Site, layout: Layout, server: NginxServer): ProcessSpec {
  return {
    name: 'nginx',
    argv: nginxArguments(server, layout.nginxConfig),
    cwd: layout.run,
    env: { BOOKSTORE_STACK: layout.home, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    ready: { kind: 'tls', port: site.local.httpsPort, name: site.domain },
    // Whoever it serves has been answered by then: the processes behind it have stopped already.
    stop: { signal: 'SIGTERM', graceMs: 5_000 },
    tier: 1,
    leftovers: [...upstreams.map((name) => socketOf(layout, name)), statusSocket(layout)],
    revision: server.version,
    log: join(layout.logs, 'nginx.log'),
    otherLogs: [accessLog(layout)],
  }
}
