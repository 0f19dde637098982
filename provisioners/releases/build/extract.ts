import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'

/** A file of a package, as it lies in our cache. */
export interface PackageFile {
  path: string
  sha256: string
  size: number
  mode: 0o644 | 0o755
}

/**
 * Writes the files of an npm tarball whose paths `keep` wants into `folder`. The tarball's digest has been checked, so
 * that what is in it can be trusted as much as what npm installs.
 */
export async function extractPackage(
  tarball: string,
  folder: string,
  keep: RegExp,
  signal: AbortSignal,
): Promise<readonly PackageFile[]> {
  const files: PackageFile[] = []
  const tar = extract()
  const fed = pipeline(createReadStream(tarball), createGunzip(), tar, { signal })
  const taken = (async () => {
    for await (const entry of tar) {
      const { name, type, mode = 0 } = entry.header
      // npm puts everything below one folder, mostly 'package'.
      const path = name.slice(name.indexOf('/') + 1)
      if (type === 'file' && keep.test(path)) {
        const facts = { path, mode: (mode & 0o100) === 0 ? 0o644 : 0o755 } as const
        files.push({ ...facts, ...(await write(entry as AsyncIterable<Buffer>, join(folder, path), facts.mode)) })
      }
      entry.resume()
    }
  })()
  await Promise.all([fed, taken])
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function write(chunks: AsyncIterable<Buffer>, path: string, mode: number) {
  const hash = createHash('sha256')
  let size = 0
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'wx', mode)
  try {
    await file.chmod(mode)
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.length
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), size }
}
