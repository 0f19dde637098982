import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BookstoreError } from '../engine/errors.ts'

/** As npm and Node call it. */
export type Architecture = 'x64' | 'arm64'

export const architectures: readonly Architecture[] = ['x64', 'arm64']

/** The runtime and the agent are also kept apart from releases, under digests of their own. */
export type Layer = 'runtime' | 'agent' | 'application'

export interface ReleaseFile {
  /** Below the folder of the release, with slashes. */
  path: string
  /** Of its content, lower case hex. */
  sha256: string
  /** Bytes. */
  size: number
  mode: 0o644 | 0o755
  layer: Layer
}

/** All that a release is. Its digest names the release; it holds nothing of the time, the folder or the person. */
export interface ReleaseManifest {
  /** Of this format. */
  format: 1
  /** Version of bookstore. */
  bookstore: string
  architecture: Architecture
  runtime: { version: string; digest: string }
  agent: { digest: string }
  /** Names of the migrations of each service, in their order. */
  migrations: Readonly<Record<string, readonly string[]>>
  /** In the order of their paths. */
  files: readonly ReleaseFile[]
}

export const manifestName = 'manifest.json'
/** The list of a layer's files, in the form that sha256sum(1) checks. */
export const sumsName = 'SHA256SUMS'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const path = z.string().regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[\w@.+-]+(\/[\w@.+-]+)*$/)

const manifest = z.strictObject({
  format: z.literal(1),
  bookstore: z.string(),
  architecture: z.enum(['x64', 'arm64']),
  runtime: z.strictObject({ version: z.string(), digest }),
  agent: z.strictObject({ digest }),
  migrations: z.record(z.string(), z.array(z.string())),
  files: z.array(
    z.strictObject({
      path,
      sha256: digest,
      size: z.int().min(0),
      mode: z.literal([0o644, 0o755]),
      layer: z.enum(['runtime', 'agent', 'application']),
    }),
  ),
})

/** The bytes of a manifest, the same for the same content. */
export function serialize(value: ReleaseManifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest.parse(value), null, 1)}\n`)
}

/** @throws BookstoreError 'release-damaged': that is no manifest, or one that would write outside of its folder. */
export function parseReleaseManifest(bytes: Uint8Array): ReleaseManifest {
  try {
    return manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch (cause) {
    throw new BookstoreError('The manifest of a release cannot be read: it is damaged, or of a newer bookstore.', {
      code: 'release-damaged',
      fault: 'bug',
      hint: 'Build the release again: bookstore build',
      cause,
    })
  }
}

/** Name of a release: the first 16 digits of its manifest's digest. */
export function releaseId(bytes: Uint8Array): string {
  return shortId(sha256(bytes))
}

/** Folders are named by this much of a digest. */
export function shortId(digest: string): string {
  return digest.slice(0, 16)
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Text of SHA256SUMS for a layer; its digest names the layer. */
export function sumsOf(files: readonly ReleaseFile[], layer: Layer): string {
  return files
    .filter((file) => file.layer === layer)
    .map((file) => `${file.sha256}  ${file.path}\n`)
    .join('')
}
