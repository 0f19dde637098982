import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { siblingOf } from '../../engine/files.ts'
import type { Context } from '../../engine/resource.ts'
import { packageRoot } from '../../engine/root.ts'
import { describeSystemError } from '../../engine/system-error.ts'
import {
  type Architecture,
  manifestName,
  type ReleaseFile,
  type ReleaseManifest,
  releaseId,
  serialize,
  sha256,
  sumsOf,
} from '../manifest.ts'
import { type Release, readRelease } from '../release.ts'
import { packRuntime } from '../stage/packed.ts'
import { bundleShop } from './bundle.ts'
import { describeFiles } from './describe-files.ts'
import { placePackages } from './place-packages.ts'
import { removeOlder } from './remove-older.ts'
import { runtimeVersion } from './runtime.ts'

export interface BuildOptions {
  /** Folder of the site's local state: releases go below it, and so does the cache of packages. */
  home: string
  architecture: Architecture
}

/**
 * Builds the release of this bookstore for an architecture into `<home>/releases/<id>`. The same sources give the same
 * release, whoever builds it and wherever; one that is there already is left as it is.
 *
 * @throws BookstoreError 'build-failed', 'package-unavailable', 'package-altered', 'npm-missing', 'disk-full'. Nothing half-done stays.
 */
export async function buildRelease({ home, architecture }: BuildOptions, ctx: Context): Promise<Release> {
  const releases = join(home, 'releases')
  const work = siblingOf(join(releases, 'building'))
  try {
    await mkdir(work, { recursive: true, mode: 0o700 })
    const packages = await placePackages(architecture, join(home, 'cache'), work, ctx)
    await bundleShop(work)
    ctx.signal.throwIfAborted()
    const files = await describeFiles(work, packages)
    const release = await keep(work, releases, await manifestOf(files, architecture))
    await Promise.all([removeOlder(releases, release.id), packRuntime(release)])
    return release
  } catch (error) {
    ctx.signal.throwIfAborted()
    throw describeSystemError(error, `building a release in ${releases}`)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function manifestOf(files: readonly ReleaseFile[], architecture: Architecture): Promise<ReleaseManifest> {
  const { version } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }
  return {
    format: 1,
    bookstore: version,
    architecture,
    runtime: { version: runtimeVersion, digest: sha256(sumsOf(files, 'runtime')) },
    agent: { digest: sha256(sumsOf(files, 'agent')) },
    migrations: migrationsOf(files),
    files,
  }
}

/** `{ auth: ['1_users', ...] }`, as the table of migrations names them. */
function migrationsOf(files: readonly ReleaseFile[]): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const { path } of files) {
    const [, service, name] = /^migrations\/([^/]+)\/(.+)\.sql$/.exec(path) ?? []
    if (service !== undefined && name !== undefined) found[service] = [...(found[service] ?? []), name]
  }
  return found
}

/** Gives the finished folder its name, unless there is a whole one of that name, of before or from a build at the same time. */
async function keep(work: string, releases: string, manifest: ReleaseManifest): Promise<Release> {
  const bytes = serialize(manifest)
  const id = releaseId(bytes)
  const folder = join(releases, id)
  await writeFile(join(work, manifestName), bytes)
  for (;;) {
    const present = await readRelease(folder).catch(() => undefined)
    if (present) return present
    try {
      await rename(work, folder)
      return { id, folder, manifest }
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as { code?: string }).code ?? '')) throw error
      if (!(await readRelease(folder).catch(() => undefined))) await rm(folder, { recursive: true, force: true })
    }
  }
}
