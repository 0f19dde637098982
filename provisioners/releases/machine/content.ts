import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of } from '../digest.ts'
import type { ReleaseFolders } from '../folders.ts'
import { manifestName, parseReleaseManifest, type ReleaseManifest, sumsName } from '../manifest.ts'

/** Where a content lies on the machine: a path for each SHA-256. */
export type Content = Map<string, string>

/** A folder with files that are known by their digests. */
export interface Holding {
  /** Its name: an id or a short digest. */
  name: string
  folder: string
  files: readonly { path: string; sha256: string }[]
  /** Of a release; layers have none. */
  manifest?: ReleaseManifest
  /** Whether all files are there. */
  whole: boolean
}

export interface Holdings {
  runtimes: readonly Holding[]
  agents: readonly Holding[]
  releases: readonly Holding[]
  /** Uploads that were cut short. */
  incoming: readonly Holding[]
}

/** What lies in the folders. A file that is there and has its size is believed, unless an upload found it damaged. */
export async function readHoldings(folders: ReleaseFolders): Promise<Holdings> {
  const good = await presentExcept(folders.incoming)
  const all = async (parent: string, read: typeof readLayer) => {
    const found: Holding[] = []
    for (const name of await idsIn(parent)) {
      const holding = await read(join(parent, name), good)
      if (holding) found.push({ name, ...holding })
    }
    return found
  }
  return {
    runtimes: await all(folders.runtimes, readLayer),
    agents: await all(folders.agents, readLayer),
    releases: await all(folders.releases, readReleaseFolder),
    incoming: await all(folders.incoming, readReleaseFolder),
  }
}

async function idsIn(parent: string): Promise<readonly string[]> {
  const names = await readdir(parent).catch(() => [])
  return names.filter((name) => /^[0-9a-f]{16}$/.test(name)).sort()
}

export function contentOf(holdings: Holdings): Content {
  const content: Content = new Map()
  for (const { folder, files } of Object.values(holdings).flat()) {
    for (const { path, sha256 } of files) if (!content.has(sha256)) content.set(sha256, join(folder, path))
  }
  return content
}

/** Whether a file has the content that it should have. */
type Good = (path: string, sha256: string, size: number | undefined) => Promise<boolean>

const present: Good = async (path, _sha256, size) => {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() === true && (size === undefined || found.size === size)
}

/** Where an upload notes the digests of files that should be on the machine and are damaged. */
export const damagedName = '.damaged'

async function presentExcept(incoming: string): Promise<Good> {
  const notes = (await idsIn(incoming)).map((id) => readFile(join(incoming, id, damagedName), 'utf8').catch(() => ''))
  const damaged = new Set((await Promise.all(notes)).join('').split('\n'))
  return async (path, sha256, size) => !damaged.has(sha256) && present(path, sha256, size)
}

const intact: Good = async (path, sha256, size) =>
  (await present(path, sha256, size)) && (await sha256Of(path)) === sha256

/** Whether a release is there and every file in it is what it should be. */
export async function isIntact(folder: string): Promise<boolean> {
  return (await readReleaseFolder(folder, intact))?.whole === true
}

async function readReleaseFolder(folder: string, good: Good): Promise<Omit<Holding, 'name'> | undefined> {
  const bytes = await readFile(join(folder, manifestName)).catch(() => undefined)
  if (!bytes) return undefined
  try {
    const manifest = parseReleaseManifest(bytes)
    return { folder, manifest, ...(await goodOnes(folder, manifest.files, good)) }
  } catch {
    return undefined
  }
}

async function readLayer(folder: string, good: Good): Promise<Omit<Holding, 'name'> | undefined> {
  const text = await readFile(join(folder, sumsName), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const files = [...text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, sha256 = '', path = '']) => ({ sha256, path }))
  return { folder, ...(await goodOnes(folder, files, good)) }
}

async function goodOnes(
  folder: string,
  files: readonly { path: string; sha256: string; size?: number }[],
  good: Good,
): Promise<Pick<Holding, 'files' | 'whole'>> {
  const found: { path: string; sha256: string }[] = []
  for (const { path, sha256, size } of files) {
    if (await good(join(folder, path), sha256, size)) found.push({ path, sha256 })
  }
  return { files: found, whole: found.length === files.length }
}
