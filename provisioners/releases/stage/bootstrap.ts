import { basename, join } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { BookstoreError } from '../../engine/errors.ts'
import { releaseFolders } from '../folders.ts'
import { type Architecture, type ReleaseManifest, sumsName, sumsOf } from '../manifest.ts'
import type { Release } from '../release.ts'
import { checkScript, installScript, installStatus } from './bootstrap-scripts.ts'
import { type MachineLayer, machineLayers } from './layers.ts'
import { tarOf } from './tar.ts'

/** A program to run on the machine as root, as an argv array. */
export interface MachineProgram {
  argv: readonly [string, ...string[]]
}

/** The runtime, 127 MB: 1.6 s and 46.9 MB; with zlib's own 6 it would be 2.8 s and 45.7 MB. */
const quick = 4

/** What a machine said to `bootstrapCheck`. */
export interface Bootstrapped {
  /** undefined: none that we have a runtime for. */
  architecture: Architecture | undefined
  missing: readonly MachineLayer[]
}

/** Asks a machine, whatever is on it, whether it has the runtime and the agent of a release. Changes nothing. */
export function bootstrapCheck(
  manifest: ReleaseManifest,
  root?: string,
): MachineProgram & { read(stdout: string): Bootstrapped } {
  const layers = machineLayers(manifest, root)
  return {
    argv: ['sh', '-c', checkScript, 'bookstore', ...layers.map(({ folder }) => folder)],
    read: (stdout) => {
      const [machineName = '', ...found] = stdout.trimEnd().split('\n')
      const architecture = ({ x86_64: 'x64', aarch64: 'arm64' } as const)[machineName]
      return { architecture, missing: layers.filter(({ folder }) => !found.includes(folder)) }
    },
  }
}

/**
 * Puts layers of a release on a machine that cannot run our code yet. `archive` goes to standard input. Cut short or
 * damaged, nothing is changed, and the next run starts over.
 */
export function bootstrapInstall(
  release: Release,
  layers: readonly MachineLayer[],
  root?: string,
): MachineProgram & { archive(): Readable; failure(code: number | null, stderr: string): BookstoreError } {
  const names = layers.map(({ layer }) => layer as string)
  const files = release.manifest.files.filter(({ layer }) => names.includes(layer))
  const kib = Math.ceil(files.reduce((sum, { size }) => sum + size, 0) / 1024) + 65_536
  const pairs = layers.flatMap(({ digest, folder }) => [digest, folder])
  return {
    argv: [
      'sh',
      '-c',
      installScript,
      'bookstore',
      join(releaseFolders(root).incoming, 'layers'),
      String(kib),
      ...pairs,
    ],
    archive: () => pipeline(tarOf(entriesOf(release, layers)), createGzip({ level: quick }), () => {}),
    failure: (code, stderr) => explain(code, stderr),
  }
}

async function* entriesOf({ folder, manifest }: Release, layers: readonly MachineLayer[]) {
  for (const { layer, folder: target } of layers) {
    const files = manifest.files.filter((file) => file.layer === layer)
    const name = basename(target)
    yield { name: `${name}/${sumsName}`, mode: 0o644, content: Buffer.from(sumsOf(files, layer)) }
    for (const { path, ...file } of files) yield { name: `${name}/${path}`, path: join(folder, path), ...file }
  }
}

function explain(code: number | null, stderr: string): BookstoreError {
  const said = stderr.trim().split('\n').slice(-2).join(' / ')
  const failure = (name: string, what: string, hint: string) =>
    new BookstoreError(`${what}${said === '' ? '' : ` (${said})`}. Nothing on the machine was changed.`, {
      code: name,
      fault: name === 'disk-full' ? 'user' : 'remote',
      hint,
      details: { status: code },
    })
  if (code === installStatus.diskFull) {
    const hint = 'Free some space on the machine (df -h shows where), then run the same command again.'
    return failure('disk-full', 'The disk of the machine has no room for the runtime and the agent', hint)
  }
  const again = 'Run the same command again.'
  if (code === installStatus.damaged)
    return failure('upload-damaged', 'The runtime and the agent did not arrive as they were sent', again)
  return failure('bootstrap-failed', 'The runtime and the agent could not be put on the machine', again)
}
