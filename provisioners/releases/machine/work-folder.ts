import { createHash } from 'node:crypto'
import { appendFile, copyFile, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import { writeSynced } from '../../engine/files.ts'
import { sha256Of } from '../digest.ts'
import { manifestName, type ReleaseFile, type ReleaseManifest } from '../manifest.ts'
import type { ByteReader } from './byte-reader.ts'
import { type Content, damagedName } from './content.ts'
import { makeFolder, sync } from './disk.ts'
import { cutShort, damaged } from './upload.ts'

/** A release while it is put together, in a folder that becomes the release. */
export class WorkFolder {
  readonly folder: string
  readonly #manifest: ReleaseManifest
  /** Where each content lies that was received in this run. */
  readonly #received = new Map<string, string>()
  /** The one file that is being written. */
  readonly #part: string

  constructor(folder: string, manifest: ReleaseManifest) {
    this.folder = folder
    this.#manifest = manifest
    this.#part = join(folder, '.part')
  }

  /** Keeps what an earlier upload of the same release left. */
  async begin(manifestBytes: Buffer): Promise<void> {
    const path = join(this.folder, manifestName)
    const before = await readFile(path).catch(() => undefined)
    if (before?.equals(manifestBytes)) return
    await rm(this.folder, { recursive: true, force: true })
    await makeFolder(this.folder)
    await writeSynced(path, manifestBytes, 0o644)
  }

  /** Bytes of these contents. @throws BookstoreError 'upload-damaged' when one is no part of the release. */
  sizeOf(contents: readonly string[]): number {
    return contents.reduce((sum, sha256) => sum + this.#fileWith(sha256).size, 0)
  }

  /** Takes the next content of the upload. It gets its name when it is whole, right and on the disk. */
  async receive(sha256: string, reader: ByteReader): Promise<void> {
    const { path, size, mode } = this.#fileWith(sha256)
    const hash = createHash('sha256')
    let count = 0
    const file = await open(this.#part, 'w', mode)
    try {
      await file.chmod(mode)
      for await (const chunk of reader.take(size)) {
        hash.update(chunk)
        count += chunk.length
        await file.writeFile(chunk)
      }
      if (count < size) throw cutShort()
      if (hash.digest('hex') !== sha256) throw damaged(`${path} is not what it should be`)
      await file.sync()
    } finally {
      await file.close()
    }
    const target = join(this.folder, path)
    await makeFolder(dirname(target))
    await rename(this.#part, target)
    this.#received.set(sha256, target)
  }

  async expectEnd(reader: ByteReader): Promise<void> {
    if (!(await reader.atEnd())) throw damaged('something follows its end')
  }

  /**
   * Fills in what did not come, from `content`, and syncs all folders.
   * @returns How many files were here already.
   */
  async complete(content: Content): Promise<number> {
    const missing: string[] = []
    let linked = 0
    for (const file of this.#manifest.files) {
      if (this.#received.get(file.sha256) === join(this.folder, file.path)) continue
      if (await this.#fill(file, content)) linked++
      else missing.push(file.sha256)
    }
    const note = join(this.folder, damagedName)
    if (missing.length > 0) {
      await appendFile(note, missing.map((sha256) => `${sha256}\n`).join(''))
      throw contentMissing(missing)
    }
    for (const path of [this.#part, note]) await rm(path, { force: true })
    const folders = new Set([this.folder, ...this.#manifest.files.flatMap(({ path }) => this.#foldersAbove(path))])
    await Promise.all([...folders].map(sync))
    return linked
  }

  async #fill({ path, sha256, mode }: ReleaseFile, content: Content): Promise<boolean> {
    const target = join(this.folder, path)
    if (await isGood(target, sha256, mode)) return true
    await rm(target, { force: true })
    const source = this.#received.get(sha256) ?? content.get(sha256)
    if (source === undefined || !(await isGood(source, sha256))) return false
    await makeFolder(dirname(target))
    const sameMode = ((await stat(source)).mode & 0o777) === mode
    if (
      sameMode &&
      (await link(source, target).then(
        () => true,
        () => false,
      ))
    )
      return true
    await copySynced(source, target, mode)
    return true
  }

  #fileWith(sha256: string): ReleaseFile {
    const found = this.#manifest.files.find((file) => file.sha256 === sha256)
    if (!found) throw damaged('it holds what is no part of the release')
    return found
  }

  #foldersAbove(path: string): readonly string[] {
    const above = path.split('/').slice(0, -1)
    return above.map((_, index) => join(this.folder, ...above.slice(0, index + 1)))
  }
}

async function isGood(path: string, sha256: string, mode?: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile() || (mode !== undefined && (found.mode & 0o777) !== mode)) return false
  return (await sha256Of(path)) === sha256
}

async function copySynced(source: string, target: string, mode: number): Promise<void> {
  await copyFile(source, target)
  const file = await open(target, 'r+')
  try {
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

function contentMissing(digests: readonly string[]): BookstoreError {
  const files = digests.length === 1 ? 'A file' : `${digests.length} files`
  return new BookstoreError(`${files} of the release should be on the machine already, and cannot be used there.`, {
    code: 'content-missing',
    fault: 'remote',
    hint: 'Run the same command again: what is damaged on the machine is sent anew.',
    details: { files: digests },
  })
}
