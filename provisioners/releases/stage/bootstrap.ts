import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { BookstoreError } from '../../engine/errors.ts'
import { releaseFolders } from '../folders.ts'
import type { Architecture, ReleaseManifest } from '../manifest.ts'
import type { Release } from '../release.ts'
import { checkScript, installScript, installStatus } from './bootstrap-scripts.ts'
import { type MachineLayer, machineLayers } from './layers.ts'
import { packedLayer } from './packed.ts'

/** A program to run on the machine as root, as an argv array. */
export interface MachineProgram {
  argv: readonly [string, ...string[]]
}

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
    archive: () => Readable.from(packed(release, layers)),
    failure: (code, stderr) => explain(code, stderr),
  }
}

async function* packed(release: Release, layers: readonly MachineLayer[]): AsyncGenerator<Buffer> {
  for (const { layer, folder } of layers) yield* packedLayer(release, layer, basename(folder))
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
