import { chmod, chown, lstat, mkdir, readFile, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import { Notes } from './notes.ts'

/** What was at a place before we came: nothing, or a file. */
type Original = { there: false } | { there: true; content: string; uid: number; gid: number; mode: number }

/**
 * Remembers what was in a place before its first change, and puts it back. By our own rule what is ours has our name in
 * its path; such a place was never anybody else's and needs no memory.
 */
export class Originals {
  readonly #notes: Notes<Original>

  /** @param memory The agent's folder: `Host.memory`. */
  constructor(memory: string) {
    this.#notes = new Notes(memory, 'originals')
  }

  /** To be called before each write; the first call counts. Makes the folders above `path`. */
  async remember(path: string): Promise<void> {
    if (!(await this.knows(path))) await this.#notes.write(path, await look(path))
    await this.makeFolder(dirname(path))
  }

  /** True while `path` is changed by us. */
  async knows(path: string): Promise<boolean> {
    return isOurs(path) || (await this.#notes.read(path)) !== undefined
  }

  /** Puts back what was there. A place that we never changed, or restored already, stays as it is. */
  async restore(path: string): Promise<void> {
    if (!(await this.knows(path))) return
    const original = await this.#notes.read(path)
    if (original?.there) await putBack(path, original)
    else await rm(path, { force: true })
    await this.#notes.forget(path)
    await this.#removeMade(dirname(path))
  }

  /** A folder and those above it, as far as they are missing. */
  async makeFolder(path: string): Promise<void> {
    const missing = await missingFrom(path)
    for (const folder of missing.filter((each) => !isOurs(each))) await this.#notes.write(folder, { there: false })
    await mkdir(path, { recursive: true })
  }

  /** Unless others use it by now, or had it before. */
  async removeFolder(path: string): Promise<void> {
    if (isOurs(path)) await removeEmpty(path)
    await this.#removeMade(isOurs(path) ? dirname(path) : path)
  }

  async #removeMade(folder: string): Promise<void> {
    for (let at = folder; !isOurs(at) && (await this.#notes.read(at)); at = dirname(at)) {
      if (!(await removeEmpty(at))) return
      await this.#notes.forget(at)
    }
  }
}

export function isOurs(path: string): boolean {
  return path.includes('bookstore')
}

async function look(path: string): Promise<Original> {
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isFile()) return { there: false }
  const content = (await readFile(path)).toString('base64')
  return { there: true, content, uid: found.uid, gid: found.gid, mode: found.mode & 0o7777 }
}

async function putBack(path: string, { content, uid, gid, mode }: Original & { there: true }): Promise<void> {
  await writeFileAtomic(path, Buffer.from(content, 'base64'), mode, (sibling) => chown(sibling, uid, gid))
  await chmod(path, mode)
}

/** The outermost first. */
async function missingFrom(path: string): Promise<string[]> {
  const missing: string[] = []
  for (let at = path; !(await lstat(at).catch(() => undefined)); at = dirname(at)) missing.unshift(at)
  return missing
}

/** True when it is gone. */
async function removeEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return true
      // The last: a file system of somebody else's is mounted there.
      if (error.code === 'ENOTEMPTY' || error.code === 'EBUSY') return false
      throw error
    },
  )
}
