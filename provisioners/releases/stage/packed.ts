import { createWriteStream } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream'
import { pipeline as piped } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { siblingOf } from '../../engine/files.ts'
import { sha256Of } from '../digest.ts'
import { type ReleaseManifest, shortId, sumsName, sumsOf } from '../manifest.ts'
import type { Release } from '../release.ts'
import { checked } from './archive.ts'
import { type MachineLayer, machineLayers } from './layers.ts'
import { tarOf } from './tar.ts'

/** The runtime, 127 MB: 1.6 s and 46.9 MB; with zlib's own 6 it would be 2.8 s and 45.7 MB. */
const quick = 4

/** A layer as a machine is sent it: a gzipped tar with one folder, `name`. */
export async function* packedLayer(
  release: Release,
  layer: MachineLayer['layer'],
  name: string,
): AsyncGenerator<Buffer> {
  const kept = layer === 'runtime' ? await keptPack(release) : undefined
  yield* kept ? checked(kept.path, kept.sha256) : pack(release, layer, name)
}

/**
 * Compresses the runtime of a release once for all machines, and keeps it beside the packages that it came from. The file's
 * name has the digest of its content, so that a damaged one is never sent.
 */
export async function packRuntime(release: Release): Promise<void> {
  if (await keptPack(release)) return
  const folder = cacheOf(release)
  const [runtime] = machineLayers(release.manifest)
  // Beside the releases: what a killed build leaves there is removed by a later one.
  const begun = siblingOf(join(dirname(release.folder), 'building'))
  try {
    await piped(pack(release, 'runtime', basename(runtime.folder)), createWriteStream(begun, { mode: 0o600 }))
    const name = `${prefixOf(release.manifest)}${await sha256Of(begun)}${suffix}`
    await rename(begun, join(folder, name))
    const older = (await packsOf(release)).filter((each) => each !== name)
    for (const each of older) await rm(join(folder, each), { force: true })
  } finally {
    await rm(begun, { force: true })
  }
}

function pack(release: Release, layer: MachineLayer['layer'], name: string) {
  return pipeline(tarOf(entriesOf(release, layer, name)), createGzip({ level: quick }), () => {})
}

async function* entriesOf({ folder, manifest }: Release, layer: MachineLayer['layer'], name: string) {
  const files = manifest.files.filter((file) => file.layer === layer)
  yield { name: `${name}/${sumsName}`, mode: 0o644, content: Buffer.from(sumsOf(files, layer)) }
  for (const { path, ...file } of files) yield { name: `${name}/${path}`, path: join(folder, path), ...file }
}

const suffix = '.tar.gz'

const cacheOf = ({ folder }: Release) => join(dirname(dirname(folder)), 'cache')

const architecturePrefix = ({ architecture }: ReleaseManifest) => `runtime-${architecture}-`

const prefixOf = (manifest: ReleaseManifest) => `${architecturePrefix(manifest)}${shortId(manifest.runtime.digest)}-`

/** Packed runtimes of the release's architecture. */
async function packsOf(release: Release): Promise<readonly string[]> {
  const names = await readdir(cacheOf(release)).catch(() => [])
  return names.filter((name) => name.startsWith(architecturePrefix(release.manifest)) && name.endsWith(suffix))
}

async function keptPack(release: Release): Promise<{ path: string; sha256: string } | undefined> {
  const prefix = prefixOf(release.manifest)
  const name = (await packsOf(release)).find((each) => each.startsWith(prefix))
  if (name === undefined) return undefined
  return { path: join(cacheOf(release), name), sha256: name.slice(prefix.length, -suffix.length) }
}
