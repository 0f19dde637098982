import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from './host.ts'
import { machine } from './layout.ts'

const ours = ['/opt/bookstore', machine.etc, machine.state, machine.logs, machine.run]

/** Removes our folders, when all items are gone. The agent goes with them; it runs on from memory. */
export async function purge(keepBackups: boolean): Promise<void> {
  await Promise.all(ours.map((folder) => purgeFolder(folder, keepBackups ? machine.backups : undefined)))
}

async function purgeFolder(folder: string, except: string | undefined): Promise<void> {
  if (!except?.startsWith(`${folder}/`)) return rm(folder, { recursive: true, force: true })
  const entries = (await readdir(folder).catch(() => [])).map((name) => join(folder, name))
  await Promise.all(entries.filter((path) => path !== except).map((path) => rm(path, { recursive: true, force: true })))
  // An empty one goes as well, and one that is not stays.
  if (entries.every((path) => path !== except)) await rm(folder, { recursive: true, force: true })
}

/** Looks for what has our name where nothing of ours should be any more. */
export async function remains(host: Host, keepBackups: boolean): Promise<readonly string[]> {
  const [folders, files, units] = await Promise.all([ourFolders(keepBackups), ourFiles(), ourUnits(host)])
  return [...folders, ...files, ...units]
}

async function ourFolders(keepBackups: boolean): Promise<string[]> {
  const found = await Promise.all(ours.map(async (path) => ((await exists(path)) ? [path] : [])))
  return found.flat().filter((path) => !(keepBackups && machine.backups.startsWith(`${path}/`)))
}

async function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  )
}

const sharedFolders = [
  '/etc/systemd/system',
  '/etc/systemd/journald.conf.d',
  '/etc/ssh/sshd_config.d',
  '/etc/apt/apt.conf.d',
]

async function ourFiles(): Promise<string[]> {
  const found = await Promise.all(
    sharedFolders.map(async (folder) => {
      const names = await readdir(folder).catch(() => [])
      return names.filter((name) => name.includes('bookstore')).map((name) => join(folder, name))
    }),
  )
  return found.flat()
}

/** The run that asks is one itself. */
async function ourUnits(host: Host): Promise<string[]> {
  const argv = ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'bookstore*'] as const
  const { stdout } = await host.run([...argv])
  const names = stdout.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '')
  return names.filter((name) => name !== '' && name !== 'bookstore-run.service')
}
