import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { coverName } from '../archive/entry.ts'
import type { ArchiveWriter } from '../archive/writer.ts'
import type { CoverManifest } from '../manifest.ts'

/**
 * Puts the cover files of a folder into the archive. Their names come from their content, so that a file never changes;
 * one that is removed meanwhile belongs to no book any more. A service writes under a name with a dot in front first.
 */
export async function dumpCovers(folder: string, writer: ArchiveWriter): Promise<CoverManifest[]> {
  const covers: CoverManifest[] = []
  for (const name of await coverFiles(folder)) {
    const content = await readFile(join(folder, name)).catch(absent)
    if (!content) continue
    await writer.add(coverName(name), content)
    covers.push({ name, size: content.length, sha256: createHash('sha256').update(content).digest('hex') })
  }
  return covers
}

/** Names of the cover files in a folder, sorted; none when it is not there. */
export async function coverFiles(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? []
  return entries
    .filter((entry) => entry.isFile() && /^\w[\w.-]{0,199}$/.test(entry.name))
    .map((entry) => entry.name)
    .sort()
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
