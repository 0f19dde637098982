import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { slotIncludes } from '../../../../templates/nginx/slots.ts'
import { nginxUnit } from '../../../../templates/systemd/nginx-unit.ts'
import { BookstoreError } from '../../../engine/errors.ts'
import type { NginxServer } from '../../../local/nginx/locate.ts'
import { nginxArguments } from '../../../local/nginx/process.ts'
import type { Facts, Host } from '../../host.ts'
import { machine, nginxUser, type Slot, shopUser, slots } from '../../layout.ts'
import { plainFile, writeFileSpec } from '../../parts/file.ts'
import type { NginxSite } from './schema.ts'
import {
  accessLog,
  configFile,
  ownPages,
  pagesFolder,
  siteConfig,
  slotConfigFile,
  slotFilesPattern,
} from './settings.ts'

export interface SiteFiles {
  /** nginx.conf */
  text: string
  revision: string
  /** Its own pages, as one text. */
  pages: string
  unit: string
}

const unitFile = '/etc/systemd/system/bookstore-nginx.service'
const rotationFile = '/etc/logrotate.d/bookstore'
const pageNames = ['unavailable.html', 'maintenance.html', 'too-many.html']
const between = '\n<!-- -->\n'

/** Everything that NGINX of this version is to read, but for the slots' own files. */
export function filesOf(site: NginxSite, server: NginxServer, { cpus }: Facts): SiteFiles {
  const pages = ownPages(site)
  return {
    ...siteConfig(site, server, { cpus, ipv6: existsSync('/proc/net/if_inet6') }),
    pages: pageNames.map((name) => pages[name] ?? '').join(between),
    unit: nginxUnit({
      user: nginxUser,
      socketGroup: shopUser,
      argv: nginxArguments(server, configFile),
      writable: [machine.upstreams, machine.nginxRun, machine.nginxCache, machine.logs],
      sockets: [machine.upstreams, machine.nginxRun],
    }).text,
  }
}

/** What is on the disk; undefined when something is missing. */
export async function writtenFiles(): Promise<Omit<SiteFiles, 'revision'> | undefined> {
  try {
    const [text, unit, ...pages] = await Promise.all(
      [configFile, unitFile, ...pageNames.map((name) => join(pagesFolder, name))].map((path) => readFile(path, 'utf8')),
    )
    return { text: text ?? '', unit: unit ?? '', pages: pages.join(between) }
  } catch {
    return undefined
  }
}

/**
 * Puts all in its place after NGINX itself has found it good.
 * @throws BookstoreError 'nginx-config'; what was there before stays then, and in use.
 */
export async function writeFiles(
  host: Host,
  server: NginxServer,
  files: SiteFiles,
  signal: AbortSignal,
): Promise<void> {
  const pages = files.pages.split(between)
  for (const [position, name] of pageNames.entries()) await write(join(pagesFolder, name), pages[position] ?? '')
  await replaceTested(host, server, { path: configFile, text: files.text }, signal)
  await writeFileSpec({ ...plainFile, path: rotationFile, content: rotation })
  await writeFileSpec({ ...plainFile, path: unitFile, content: files.unit })
  await host.reloadUnits()
}

/** Read by NGINX; there is nothing secret in them. */
const readable = { owner: 'root', group: nginxUser, mode: '0644' }
async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFileSpec({ ...readable, path, content })
}

/**
 * Writes one file of the configuration when all of it, with this file, passes NGINX's own test.
 * @throws BookstoreError 'nginx-config'.
 */
export async function replaceTested(
  host: Host,
  server: NginxServer,
  { path, text }: { path: string; text: string },
  signal: AbortSignal,
): Promise<void> {
  const candidate = `${path}.candidate`
  const whole = `${configFile}.test`
  try {
    await write(candidate, text)
    const main = path === configFile ? text : await readFile(configFile, 'utf8')
    await write(whole, main.replace(slotIncludes(slotFilesPattern), includesWith(path, candidate)))
    await test(host, server, whole, signal)
    await rename(candidate, path)
  } finally {
    await Promise.all([candidate, whole].map((file) => rm(file, { force: true })))
  }
}

/** The slots' files, one of which is perhaps the candidate. */
function includesWith(path: string, candidate: string): string {
  const files = slots.map((slot: Slot) => slotConfigFile(slot)).map((file) => (file === path ? candidate : file))
  return files
    .filter((file) => file === candidate || existsSync(file))
    .map(slotIncludes)
    .join('\n')
}

/** As the user that NGINX runs as: as root it would give its folders away. It also tries the ports. */
async function test(host: Host, server: NginxServer, file: string, signal: AbortSignal): Promise<void> {
  const lowered = [
    ...['setpriv', `--reuid=${nginxUser}`, `--regid=${nginxUser}`, `--groups=${shopUser}`],
    ...[
      '--inh-caps=-all,+net_bind_service',
      '--ambient-caps=-all,+net_bind_service',
      '--bounding-set=-all,+net_bind_service',
    ],
  ] as [string, ...string[]]
  const { code, stderr } = await host.run([...lowered, ...nginxArguments(server, file), '-t'], {
    accept: [0, 1],
    signal,
  })
  if (code === 0) return
  const why = stderr.split('\n').find((line) => line.includes('[emerg]')) ?? stderr.trim()
  throw new BookstoreError(
    `NGINX ${server.version} refuses its configuration: ${why.replace(/^.*\[emerg\] \S+ /, '').replaceAll(basename(file), 'nginx.conf')}`,
    { code: 'nginx-config', fault: 'bug', hint: 'The configuration that was there before is still in use.' },
  )
}

/** https://manpages.debian.org/logrotate: NGINX opens its log anew on USR1. */
const rotation = `${accessLog} {
  daily
  rotate 14
  maxsize 50M
  missingok
  notifempty
  compress
  delaycompress
  su ${nginxUser} adm
  create 0640 ${nginxUser} adm
  sharedscripts
  postrotate
    /usr/bin/systemctl kill --kill-who=main --signal=USR1 bookstore-nginx.service
  endscript
}
`

export async function removeFiles(host: Host): Promise<void> {
  await Promise.all([rm(unitFile, { force: true }), rm(rotationFile, { force: true })])
  await rm(machine.nginx, { recursive: true, force: true })
  await host.reloadUnits()
}
