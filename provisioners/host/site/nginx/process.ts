import { readFile, readlink } from 'node:fs/promises'
import { request } from 'node:http'
import { BookstoreError } from '../../../engine/errors.ts'
import type { Context } from '../../../engine/resource.ts'
import { findNginx, type NginxServer } from '../../../local/nginx/locate.ts'
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
export function nginxOf(_host: Host): Promise<NginxServer> {
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

/** What a status server of NGINX answers; `undefined` when none does. */
export function loadedRevision(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { socketPath, path: '/revision', agent: false, timeout: 2_000, headers: { host: 'localhost' } }
    const call = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : undefined))
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(undefined))
    call.end()
  })
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
  await loads(statusSocket, revision, ctx)
}

/** Reloads, and waits until the workers that answer at a status socket have loaded this. @throws 'nginx-reload'. */
export async function reloadNginx(host: Host, socket: string, revision: string, ctx: Context): Promise<void> {
  await host.run(['systemctl', 'reload', unit], { signal: ctx.signal })
  await loads(socket, revision, ctx)
}

/** Longest that NGINX may take to load a configuration, in milliseconds. */
const patienceMs = 15_000

async function loads(socket: string, revision: string, { clock, signal }: Context): Promise<void> {
  const deadline = clock.now().getTime() + patienceMs
  while ((await loadedRevision(socket)) !== revision) {
    if (clock.now().getTime() > deadline) throw notLoaded()
    await clock.sleep(50, signal)
  }
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
