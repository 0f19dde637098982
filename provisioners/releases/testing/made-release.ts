import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { arch } from 'node:process'
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
import type { Release } from '../release.ts'

/** Contents by path; a release in miniature that has all layers. */
export const basics: Readonly<Record<string, string>> = {
  'bin/LICENSE': 'be nice',
  'bin/node': '#!/bin/sh\necho a runtime\n',
  'host.mjs': '// an agent\n',
  'migrations/auth/0001_users.sql': 'select 1',
  'services/auth.mjs': "import './chunk-A.mjs'\n",
  'services/chunk-A.mjs': `// ${'what all have in common '.repeat(400)}\n`,
  'web/empty.txt': '',
}

/** A release with these files in a new folder below `parent`. */
export async function makeRelease(
  parent: string,
  contents: Readonly<Record<string, string>> = basics,
): Promise<Release> {
  const folder = await mkdtemp(join(parent, 'release-'))
  const files = Object.entries(contents)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]): ReleaseFile => {
      const layer = path.startsWith('bin/') ? 'runtime' : path === 'host.mjs' ? 'agent' : 'application'
      const mode = path === 'bin/node' ? 0o755 : 0o644
      return { path, sha256: sha256(text), size: Buffer.byteLength(text), mode, layer }
    })
  const manifest: ReleaseManifest = {
    format: 1,
    bookstore: '1.2.3',
    architecture: arch as Architecture,
    runtime: { version: '24.0.0', digest: sha256(sumsOf(files, 'runtime')) },
    agent: { digest: sha256(sumsOf(files, 'agent')) },
    migrations: { auth: ['0001_users'] },
    files,
  }
  for (const { path } of files) {
    await mkdir(join(folder, dirname(path)), { recursive: true })
    await writeFile(join(folder, path), contents[path] ?? '')
  }
  await writeFile(join(folder, manifestName), serialize(manifest))
  return { id: releaseId(serialize(manifest)), folder, manifest }
}

/** Two folders: the operator's, and one that is the root of a machine. */
export async function makePlaces(): Promise<{ operator: string; root: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-releases-'))
  const [operator, root] = [join(folder, 'operator'), join(folder, 'machine')]
  await Promise.all([mkdir(operator), mkdir(root)])
  return { operator, root, remove: () => rm(folder, { recursive: true, force: true }) }
}
