import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { describeSystemError } from '../../engine/system-error.ts'
import { type ReleaseFolders, releaseFolders } from '../folders.ts'
import { contentOf, isIntact, readHoldings } from './content.ts'
import { diskFull, makeFolder, needRoom, sync } from './disk.ts'
import { openUpload } from './upload.ts'
import { WorkFolder } from './work-folder.ts'

export interface UnpackOptions {
  id: string
  /** Where the machine's file system begins. */
  root?: string
  signal: AbortSignal
}

export interface Unpacked {
  id: string
  folder: string
  /** Files that came in the upload, and files that were here already. */
  received: number
  linked: number
}

/**
 * Makes `/opt/bookstore/releases/<id>` from an upload (`StagePlan.archive`) and from what the machine has. Every digest
 * is checked, linked files included; everything is on the disk before the release gets its name. Until then it lies in
 * `/opt/bookstore/incoming/<id>`, where the next upload of the same release finds what has arrived.
 *
 * The caller holds the lock of uploads: two of one release at once would be in each other's way.
 *
 * @throws BookstoreError 'upload-cut-short', 'upload-damaged', 'disk-full' (nothing stays), 'content-missing' (a file
 * that the inventory had is damaged; the next inventory does not have it).
 */
export async function unpackRelease(archive: Readable, { id, root, signal }: UnpackOptions): Promise<Unpacked> {
  const folders = releaseFolders(root)
  const folder = join(folders.releases, id)
  const work = join(folders.incoming, id)
  try {
    if (await isIntact(folder)) return { id, folder, received: 0, linked: 0 }
    return { id, folder, ...(await unpack(archive, folders, id, signal)) }
  } catch (error) {
    signal.throwIfAborted()
    throw await describe(error, work)
  } finally {
    archive.destroy()
  }
}

async function unpack(archive: Readable, folders: ReleaseFolders, id: string, signal: AbortSignal) {
  const { manifest, manifestBytes, files, reader } = await openUpload(archive, id, signal)
  await Promise.all([makeFolder(folders.incoming), makeFolder(folders.releases)])
  const work = new WorkFolder(join(folders.incoming, id), manifest)
  await work.begin(manifestBytes)
  const content = contentOf(await readHoldings(folders))
  await needRoom(folders.incoming, work.sizeOf(files))
  for (const sha256 of files) {
    signal.throwIfAborted()
    await work.receive(sha256, reader)
  }
  await work.expectEnd(reader)
  signal.throwIfAborted()
  const linked = await work.complete(content)
  await moveIntoPlace(work.folder, join(folders.releases, id))
  return { received: files.length, linked }
}

/** A release of that name which is there is damaged, for else there would have been nothing to do. */
async function moveIntoPlace(work: string, folder: string): Promise<void> {
  const old = join(dirname(work), `${basename(work)}.damaged`)
  await rm(old, { recursive: true, force: true })
  await rename(folder, old).catch((error: { code?: string }) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(work, folder)
  await sync(dirname(folder))
  await rm(old, { recursive: true, force: true })
}

async function describe(error: unknown, work: string): Promise<unknown> {
  const described = describeSystemError(error, `unpacking a release into ${work}`)
  if (described.code !== 'disk-full') return described
  await rm(work, { recursive: true, force: true })
  return described === error ? error : diskFull(`The disk of ${dirname(work)} is full.`, error)
}
