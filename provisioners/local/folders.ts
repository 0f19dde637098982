import { chmod, chown, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { BookstoreError } from '../engine/errors.ts'
import type { Layout } from './layout.ts'

/** The folders of a site that only its owner may enter. Parents come first. */
export function privateFolders(layout: Layout): string[] {
  const { home, secrets, credentials, covers, tls, nginxTemp, nginxCache, errorPages, logs } = layout
  return [
    home,
    secrets,
    credentials,
    `${home}/data`,
    covers,
    tls,
    `${home}/etc`,
    errorPages,
    `${home}/tmp`,
    nginxTemp,
    nginxCache,
    logs,
  ]
}

/** Whether a folder is there, ours, and closed to others. */
export async function isPrivate(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() === true && found.uid === userInfo().uid && (found.mode & 0o066) === 0
}

export async function makeFolders(layout: Layout): Promise<void> {
  for (const folder of privateFolders(layout)) await makePrivate(folder)
  await makeRunFolder(layout)
  await mkdir(layout.databaseSocket, { recursive: true, mode: 0o700 })
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (!(await isPrivate(folder))) await chmod(folder, 0o700)
}

/** A folder under /tmp could have been made by somebody else before us; then nothing is put into it. */
async function makeRunFolder({ run, runLink }: Layout): Promise<void> {
  await mkdir(run, { recursive: true, mode: 0o700 })
  if (!(await isPrivate(run)) && run !== runLink) {
    throw new BookstoreError(`${run} is needed for sockets, and it belongs to somebody else or is open to others.`, {
      code: 'run-folder-not-ours',
      fault: 'remote',
      hint: 'Set BOOKSTORE_HOME to a folder with a shorter path, so that the sockets fit inside of it.',
    })
  }
  if (run === runLink || (await readlink(runLink).catch(() => undefined)) === run) return
  await rm(runLink, { recursive: true, force: true })
  await symlink(run, runLink)
}

/** Removes the folder outside of the home, if there is one. */
export async function removeFarRunFolder({ run, runLink }: Layout): Promise<void> {
  if (run === runLink || !(await isPrivate(run))) return
  await rm(run, { recursive: true, force: true })
  await rm(runLink, { force: true })
}

/** Lets another user on to the data and the socket folder that become its own, and to nothing else. */
export async function letPass(layout: Layout, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  for (const folder of [layout.home, dirname(layout.cluster), layout.run, layout.libraries]) {
    await mkdir(folder, { recursive: true })
    await chmod(folder, 0o711)
  }
  await mkdir(layout.databaseSocket, { recursive: true, mode: 0o700 })
  await chown(layout.databaseSocket, uid, gid)
}
