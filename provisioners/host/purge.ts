import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BookstoreError } from '../engine/errors.ts'
import type { Host } from './host.ts'
import { machine } from './layout.ts'
import { isMounted } from './parts/mounts.ts'

const ours = ['/opt/bookstore', machine.etc, machine.state, machine.logs, machine.run, machine.nginxCache]

/**
 * Removes our folders, when all items are gone. The agent goes with them; it runs on from memory.
 * @throws BookstoreError 'still-mounted': what lies in the folder of the covers is another machine's.
 */
export async function purge(keepBackups: boolean): Promise<void> {
  if (await isMounted(machine.covers, 'nfs')) throw stillMounted()
  await Promise.all(ours.map((folder) => purgeFolder(folder, keepBackups ? machine.backups : undefined)))
}

function stillMounted(): BookstoreError {
  return new BookstoreError(`The covers of another machine are still mounted at ${machine.covers}.`, {
    code: 'still-mounted',
    fault: 'remote',
    hint: `Unmount them on the machine (umount --lazy ${machine.covers}), and run the same command again.`,
  })
}

async function purgeFolder(folder: string, except: string | undefined): Promise<void> {
  if (!except?.startsWith(`${folder}/`)) return rm(folder, { recursive: true, force: true })
  const entries = (await readdir(folder).catch(() => [])).map((name) => join(folder, name))
  await Promise.all(entries.filter((path) => path !== except).map((path) => rm(path, { recursive: true, force: true })))
  // Where there are no backups it goes as well.
  if (!entries.includes(except)) await rm(folder, { recursive: true, force: true })
}

/** Looks for what has our name where nothing of ours should be any more: files, users, units. */
export async function remains(host: Host, keepBackups: boolean): Promise<readonly string[]> {
  const [paths, users, units] = await Promise.all([ourPaths(host), ourUsers(), ourUnits(host)])
  const isKept = (path: string) => keepBackups && machine.backups.startsWith(`${path}/`)
  return [...paths.filter((path) => !isKept(path)), ...users, ...units]
}

/** The outermost ones. Below /run/systemd is the run that asks. */
async function ourPaths(host: Host): Promise<string[]> {
  const places = ['/etc', '/opt', '/run', '/srv', '/usr/local', '/usr/sbin', '/var/cache', '/var/lib', '/var/log']
  const named = ['-path', '/run/systemd', '-prune', '-o', '-name', '*bookstore*', '-prune', '-print']
  // 1: a folder went away while it was looked at.
  const { stdout } = await host.run(['find', ...places, '-xdev', '-maxdepth', '5', ...named], { accept: [0, 1] })
  return stdout.split('\n').filter((path) => path !== '')
}

async function ourUsers(): Promise<string[]> {
  const [users, groups] = await Promise.all(['/etc/passwd', '/etc/group'].map((file) => readFile(file, 'utf8')))
  const names = (text = '') => text.split('\n').flatMap((line) => /^bookstore[\w-]*(?=:)/.exec(line)?.[0] ?? [])
  return [...names(users).map((name) => `user ${name}`), ...names(groups).map((name) => `group ${name}`)]
}

/** The run that asks is one itself. */
async function ourUnits(host: Host): Promise<string[]> {
  const argv = ['systemctl', 'list-units', '--all', '--plain', '--no-legend', '*bookstore*'] as const
  const { stdout } = await host.run([...argv])
  const names = stdout.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '')
  return names.filter((name) => name !== '' && name !== 'bookstore-run.service').map((name) => `unit ${name}`)
}
