import { readFile, readlink } from 'node:fs/promises'
import { BookstoreError } from '../../../engine/errors.ts'
import type { Context } from '../../../engine/resource.ts'
import { findNginx, type NginxServer } from '../../../local/nginx/locate.ts'
import { loadedRevision, untilLoaded } from '../../../local/nginx/revision.ts'
import type { Host } from '../../host.ts'
import { machine } from '../../layout.ts'
import { requirePorts } from './ports.ts'
import { statusSocket } from './settings.ts'

const unit = 'bookstore-nginx.service'

export interface RunningNginx {
  active: boolean
  enabled: boolean
  /** Revision that its workers have loaded; undefined when it does not answer. */
  loaded: string | undefined
  /** The package was upgraded under it. */
  replaced: boolean
}

/** The distribution's NGINX. @throws BookstoreError 'nginx-missing'. */
export function installedNginx(): Promise<NginxServer> {
  return findNginx('system', ['/usr/sbin'])
}

export async function runningNginx(host: Host): Promise<RunningNginx> {
  const [state, loaded, program] = await Promise.all([host.unit(unit), loadedRevision(statusSocket), programOf()])
  return {
    active: state.active === 'active',
    enabled: state.file === 'enabled',
    loaded,
    replaced: state.active === 'active' && program?.endsWith(' (deleted)') === true,
  }
}

/** What its first process was started from. */
async function programOf(): Promise<string | undefined> {
  const pid = (await readFile(`${machine.nginxRun}/nginx.pid`, 'utf8').catch(() => '')).trim()
  return pid === '' ? undefined : readlink(`/proc/${pid}/exe`).catch(() => undefined)
}

/**
 * Has NGINX run with what is on the disk: a start, or a reload, which closes idle connections, only when it has not
 * loaded that yet.
 *
 * @throws BookstoreError 'port-taken', 'nginx-reload'; 'program-failed' when it does not start.
 */
export async function startNginx(host: Host, revision: string, ctx: Context): Promise<void> {
  const found = await runningNginx(host)
  if (!found.enabled) await host.run(['systemctl', 'enable', '--quiet', unit])
  if (!found.active) {
    await requirePorts()
    await host.run(['systemctl', 'reset-failed', unit], { accept: [0, 1] })
    await host.run(['systemctl', 'start', unit], { signal: ctx.signal })
  } else if (found.replaced) await host.run(['systemctl', 'restart', unit], { signal: ctx.signal })
  else if (found.loaded !== revision) await host.run(['systemctl', 'reload', unit], { signal: ctx.signal })
  await untilLoaded(statusSocket, revision, ctx, notLoaded)
}

/** Reloads, and waits until the workers that answer at a status socket have loaded this. @throws 'nginx-reload'. */
export async function reloadNginx(host: Host, socket: string, revision: string, ctx: Context): Promise<void> {
  await host.run(['systemctl', 'reload', unit], { signal: ctx.signal })
  await untilLoaded(socket, revision, ctx, notLoaded)
}

function notLoaded(): BookstoreError {
  return new BookstoreError('NGINX did not load its new configuration, and goes on with what it had.', {
    code: 'nginx-reload',
    fault: 'remote',
    hint: `See on the machine: journalctl -u ${unit}`,
  })
}

export async function stopNginx(host: Host): Promise<void> {
  await host.run(['systemctl', 'disable', '--now', '--quiet', unit], { accept: [0, 1, 5] })
}
