import { lstat, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { PostgresServer } from './locate.ts'

interface Link {
  source: string
  target: string
}

/**
 * The binary package ships its libraries without the links that name them (npm packs none); its install script
 * makes them. Where scripts are off, a folder of links in our home does the same, and the package stays as it is.
 * Returns the variables that the programs need; none when the package is whole.
 */
export async function libraryEnvironment(server: PostgresServer, folder: string): Promise<Record<string, string>> {
  if (!(await lacksLinks(server))) return {}
  const variable = platform() === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return { [variable]: join(folder, `postgres-${server.version}`) }
}

/** Makes that folder of links. Does nothing when it is complete or not needed. */
export async function linkLibraries(server: PostgresServer, folder: string): Promise<void> {
  if (!(await lacksLinks(server))) return
  const native = dirname(server.bin)
  const farm = join(folder, `postgres-${server.version}`)
  await mkdir(farm, { recursive: true, mode: 0o755 })
  const real = await readdir(join(native, 'lib'))
  const wanted = new Map(real.map((name) => [name, join(native, 'lib', name)]))
  for (const { source, target } of await linksOf(server))
    wanted.set(basename(target), join(native, 'lib', basename(source)))
  await Promise.all([...wanted].map(([name, to]) => link(join(farm, name), to)))
}

async function link(at: string, to: string): Promise<void> {
  // A moved checkout leaves links that point nowhere.
  await rm(at, { force: true })
  await symlink(to, at)
}

async function lacksLinks(server: PostgresServer): Promise<boolean> {
  if (server.kind === 'system') return false
  const native = dirname(server.bin)
  for (const { target } of await linksOf(server)) {
    const there = await lstat(join(dirname(native), target)).catch(() => undefined)
    if (!there) return true
  }
  return false
}

async function linksOf(server: PostgresServer): Promise<Link[]> {
  const text = await readFile(join(dirname(server.bin), 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  return (JSON.parse(text) as Link[]).filter(({ target }) => dirname(target) === 'native/lib')
}
