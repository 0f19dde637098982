import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestName, parseReleaseManifest, type ReleaseManifest, releaseId } from './manifest.ts'

/** A release on the operator's disk: `folder` has its files and its manifest. */
export interface Release {
  id: string
  folder: string
  manifest: ReleaseManifest
}

/** The release in `folder`, or undefined when it is not there as a whole. Contents are checked when they are sent. */
export async function readRelease(folder: string): Promise<Release | undefined> {
  const bytes = await readFile(join(folder, manifestName)).catch(() => undefined)
  if (!bytes) return undefined
  const manifest = parseReleaseManifest(bytes)
  for (const { path, size } of manifest.files) {
    const found = await stat(join(folder, path)).catch(() => undefined)
    if (found?.size !== size) return undefined
  }
  return { id: releaseId(bytes), folder, manifest }
}
