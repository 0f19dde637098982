import { rm } from 'node:fs/promises'
import type { Host } from '../host.ts'
import { gid } from '../items/owner.ts'
import { plainFile, writeFileSpec } from './file.ts'
import { Notes } from './notes.ts'
import { Originals } from './originals.ts'

const settings = '/etc/docker/daemon.json'
/** Our containers need no network, so Docker makes none and leaves the firewall alone. It may be upgraded under them. */
const content = `${JSON.stringify({ bridge: 'none', iptables: false, 'ip-forward': false, 'live-restore': true }, undefined, 1)}\n`

/** The group of those who may ask Docker, which its package makes and leaves behind. */
const group = 'docker'

const notes = (host: Host) => new Notes<{ group: 'ours' | 'there' }>(host.memory, 'docker')

/** Before a Docker of ours is installed or started. */
export async function prepareDaemon(host: Host): Promise<void> {
  if (await dockerIsOurs(host)) return
  await notes(host).write('engine', { group: (await gid(group)) === undefined ? 'ours' : 'there' })
  await host.run(['groupadd', '--force', '--system', group])
  await new Originals(host.memory).remember(settings)
  await writeFileSpec({ ...plainFile, path: settings, content })
}

export async function dockerIsOurs(host: Host): Promise<boolean> {
  return (await notes(host).read('engine')) !== undefined
}

/** Containers and images in Docker, once ours are gone. */
export async function strangersIn(host: Host): Promise<readonly string[]> {
  const lists = await Promise.all([
    host.run(['docker', 'ps', '--all', '--format={{.Names}}']),
    host.run(['docker', 'volume', 'ls', '--quiet']),
  ])
  return lists.flatMap(({ stdout }) => stdout.split('\n').filter((name) => name !== ''))
}

const units = ['docker.socket', 'docker.service', 'containerd.service']
/** What Docker keeps and no package takes away. */
const folders = ['/var/lib/docker', '/var/lib/containerd', '/run/docker', '/run/docker.sock', '/run/containerd']

/** Switches it off, and takes away what it kept. */
export async function leaveDocker(host: Host): Promise<void> {
  await host.run(['systemctl', 'disable', '--now', '--quiet', '--', ...units], { accept: [0, 1, 5] })
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
  const note = await notes(host).read('engine')
  // 6: it is not there; 8: it is somebody's first group.
  if (note?.group === 'ours') await host.run(['groupdel', group], { accept: [0, 6, 8] })
  // The key of a Docker that is no more.
  await rm('/etc/docker/key.json', { force: true })
  await new Originals(host.memory).restore(settings)
  await notes(host).forget('engine')
}
