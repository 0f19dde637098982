import { chmod, readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sha256Of } from '../digest.ts'
import type { Layer, ReleaseFile } from '../manifest.ts'
import type { PackageFile } from './extract.ts'

/** All files below `folder` in the order of their paths. What is in `known` has been read before. */
export async function describeFiles(
  folder: string,
  known: ReadonlyMap<string, PackageFile>,
): Promise<readonly ReleaseFile[]> {
  const files: ReleaseFile[] = []
  for (const path of await pathsBelow(folder)) {
    const { sha256, size, mode } = known.get(path) ?? (await describe(join(folder, path)))
    files.push({ path, sha256, size, mode, layer: layerOf(path) })
  }
  return files
}

async function pathsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** What we made is nothing that the operator's umask decides about. */
async function describe(file: string): Promise<Omit<PackageFile, 'path'>> {
  const mode = 0o644
  await chmod(file, mode)
  return { sha256: await sha256Of(file), size: (await stat(file)).size, mode }
}

function layerOf(path: string): Layer {
  if (path.startsWith('bin/')) return 'runtime'
  return path === 'host.mjs' ? 'agent' : 'application'
}
