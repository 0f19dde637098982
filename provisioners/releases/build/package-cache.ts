import { access, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeSystemError } from '../../engine/system-error.ts'
import { sha256Of } from '../digest.ts'
import { sha256 } from '../manifest.ts'
import { extractPackage, type PackageFile } from './extract.ts'
import { fetchTarballs } from './npm.ts'
import type { PackageSpec } from './package-spec.ts'

/** A package that lies unpacked in the cache. */
export interface CachedPackage {
  folder: string
  files: readonly PackageFile[]
}

const listName = 'files.json'

/**
 * The wanted files of packages, from `cache` or, where they are missing or altered there, fetched by one run of npm.
 * Once they are there, no registry is asked again.
 *
 * @param fetching Is around the fetching, when there is any.
 * @throws BookstoreError of `fetchTarballs`, 'disk-full' and the like. Nothing half-done stays in the cache.
 */
export async function cachedPackages(
  specs: readonly PackageSpec[],
  cache: string,
  signal: AbortSignal,
  fetching: (missing: readonly PackageSpec[], work: () => Promise<void>) => Promise<void>,
): Promise<ReadonlyMap<PackageSpec, CachedPackage>> {
  const found = new Map<PackageSpec, CachedPackage>()
  for (const spec of specs) {
    signal.throwIfAborted()
    const cached = await read(folderOf(spec, cache))
    if (cached) found.set(spec, cached)
  }
  const missing = specs.filter((spec) => !found.has(spec))
  if (missing.length === 0) return found
  await fetching(missing, () => bring(missing, cache, signal))
  for (const spec of missing) {
    const brought = await read(folderOf(spec, cache))
    if (!brought) throw new Error(`${spec.name} is not in ${cache} although it was just put there`)
    found.set(spec, brought)
  }
  return found
}

/** Another choice of files is another folder. */
function folderOf({ name, version, integrity, keep }: PackageSpec, cache: string): string {
  return join(cache, `${name.replace('/', '+')}-${version}-${sha256(`${integrity} ${keep.source}`).slice(0, 12)}`)
}

/** Everything is read and compared: a cache may be old, and on any disk. 160 MB take 0.3 s. */
async function read(folder: string): Promise<CachedPackage | undefined> {
  try {
    const files = JSON.parse(await readFile(join(folder, listName), 'utf8')) as PackageFile[]
    for (const { path, sha256, mode } of files) {
      const file = join(folder, 'package', path)
      if (((await stat(file)).mode & 0o777) !== mode || (await sha256Of(file)) !== sha256) return undefined
    }
    return { folder: join(folder, 'package'), files }
  } catch {
    return undefined
  }
}

async function bring(specs: readonly PackageSpec[], cache: string, signal: AbortSignal): Promise<void> {
  await mkdir(cache, { recursive: true, mode: 0o700 })
  const work = await mkdtemp(join(cache, '.fetching-'))
  try {
    for (const [spec, tarball] of await fetchTarballs(specs, work, signal)) {
      const fresh = join(work, 'fresh')
      const files = await extractPackage(tarball, join(fresh, 'package'), spec.keep, signal)
      await writeFile(join(fresh, listName), JSON.stringify(files))
      await replace(fresh, folderOf(spec, cache))
    }
  } catch (error) {
    signal.throwIfAborted()
    throw describeSystemError(error, `fetching packages into ${cache}`)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Somebody else may have brought the same in the meantime; either will do. */
async function replace(fresh: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder).catch(async (error: unknown) => {
    await access(join(folder, listName)).catch(() => {
      throw error
    })
    await rm(fresh, { recursive: true })
  })
}
