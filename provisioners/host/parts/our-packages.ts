import type { Address, Context } from '../../engine/resource.ts'
import type { Host } from '../host.ts'
import { installedVersions } from '../machine/dpkg.ts'
import { Apt } from './apt.ts'
import { Notes } from './notes.ts'
import { withoutStarting } from './quiet-install.ts'

/** What we remember of packages. */
interface Memory {
  /** Names that came with us, those that they needed included. */
  ours: readonly string[]
  /** Units that came with them and were switched off. */
  off: readonly string[]
}

const notes = (host: Host) => new Notes<Memory>(host.memory, 'packages')

export async function readMemory(host: Host): Promise<Memory> {
  return (await notes(host).read('ours')) ?? { ours: [], off: [] }
}

async function write(host: Host, { ours, off }: Memory): Promise<void> {
  await notes(host).write('ours', { ours: [...new Set(ours)].sort(), off: [...new Set(off)].sort() })
}

/** Installs what is missing; nothing of it starts by itself. It is written down as ours before it is there. */
export async function installPackages(
  host: Host,
  address: Address,
  names: readonly string[],
  ctx: Context,
): Promise<void> {
  const apt = new Apt(host, address, ctx)
  const { added } = await apt.simulate('install', ...names)
  const memory = await readMemory(host)
  await write(host, { ...memory, ours: [...memory.ours, ...added] })
  await withoutStarting(host, () => apt.run('install', ...names))
}

/** From now on it is somebody else's: it stays when ours go, and so does what it needs. */
export async function leavePackage(host: Host, name: string): Promise<void> {
  const memory = await readMemory(host)
  await write(host, { ...memory, ours: memory.ours.filter((each) => each !== name) })
}

/** Stops units that came with packages of ours and keeps them from starting at boot; once, so that a person may change it. */
export async function switchOff(host: Host, units: readonly string[]): Promise<void> {
  await host.run(['systemctl', 'disable', '--now', '--quiet', '--', ...units])
  const memory = await readMemory(host)
  await write(host, { ...memory, off: [...memory.off, ...units] })
}

/** Purges what came with us, except for what others have begun to need since. Resolves with what stays. */
export async function removeOurPackages(host: Host, address: Address, ctx: Context): Promise<readonly string[]> {
  const apt = new Apt(host, address, ctx)
  const { ours } = await readMemory(host)
  const installed = await installedVersions(host.run, ours)
  const present = ours.filter((name) => installed.has(name))
  const { go, stay } = await withoutForeign(present, async (names) => (await apt.simulate('purge', ...names)).removed)
  if (go.length > 0) {
    await keepClusters(host, go)
    await withoutStarting(host, () => apt.run('purge', ...go))
  }
  await write(host, { ours: [], off: [] })
  return stay
}

/**
 * Those that can go without taking along anything that is not of us. In the rare case that it cannot be all, each one
 * is asked about by itself, and one that pulls along what stays, stays.
 */
export async function withoutForeign(
  names: readonly string[],
  removedWith: (names: readonly string[]) => Promise<readonly string[]>,
): Promise<{ go: readonly string[]; stay: readonly string[] }> {
  if (names.length === 0) return { go: [], stay: [] }
  const all = await removedWith(names)
  if (all.every((name) => names.includes(name))) return { go: names, stay: [] }
  const pulled = new Map<string, readonly string[]>()
  for (const name of names) pulled.set(name, await removedWith([name]))
  const go = new Set(names)
  let before: number
  do {
    before = go.size
    for (const name of go) if (pulled.get(name)?.some((each) => !go.has(each))) go.delete(name)
  } while (go.size < before)
  return { go: [...go], stay: names.filter((name) => !go.has(name)) }
}

/** Purged without a word, Debian's PostgreSQL deletes every cluster of its version, whoever made it. */
async function keepClusters(host: Host, names: readonly string[]): Promise<void> {
  const servers = names.filter((name) => /^postgresql-\d+$/.test(name))
  const answers = servers.map((name) => `${name} ${name}/postrm_purge_data boolean false\n`)
  if (answers.length > 0) await host.run(['debconf-set-selections'], { input: answers.join('') })
}
