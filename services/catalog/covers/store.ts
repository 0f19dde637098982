import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rendered } from './render.ts'

/** `<id>-<width>.<type>`; anything else is no file of ours. */
const fileForm = /^([0-9a-f]{32})-\d{1,4}\.(webp|jpg)$/
const temporaryForm = /^\.new-/

const types: Readonly<Record<string, string>> = { webp: 'image/webp', jpg: 'image/jpeg' }

export interface CoverFile {
  bytes: Buffer
  type: string
}

export interface StoredFile {
  name: string
  /** The cover it belongs to; undefined for what a killed process left half-written. */
  coverId: string | undefined
  /** Milliseconds since it was last written. */
  age: number
}

/** Renditions of covers in one folder, which several processes and machines may share. */
export class CoverStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Written beside and renamed: nobody reads half a file. The same content again just becomes young again. */
  async keep({ id, renditions }: Rendered): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    for (const { width, type, bytes } of renditions) await this.#write(`${id}-${width}.${type}`, bytes)
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const temporary = join(this.#folder, `.new-${randomUUID()}`)
    const file = await open(temporary, 'wx', 0o644)
    try {
      await file.writeFile(bytes)
      await file.sync()
      await file.close()
      await rename(temporary, join(this.#folder, name))
    } catch (error) {
      await file.close().catch(() => undefined)
      await rm(temporary, { force: true })
      throw error
    }
  }

  /** Undefined when there is none of this name. */
  async read(name: string): Promise<CoverFile | undefined> {
    const type = types[fileForm.exec(name)?.[2] ?? '']
    if (type === undefined) return undefined
    try {
      return { bytes: await readFile(join(this.#folder, name)), type }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Our files of at least `age` milliseconds; other people's are not named. */
  async olderThan(age: number): Promise<StoredFile[]> {
    const names = await readdir(this.#folder).catch(ignoreAbsence)
    const ours = (names ?? []).filter((name) => fileForm.test(name) || temporaryForm.test(name))
    const files: StoredFile[] = []
    for (const name of ours) {
      const found = await stat(join(this.#folder, name)).catch(ignoreAbsence)
      if (!found) continue
      const file = { name, coverId: fileForm.exec(name)?.[1], age: Date.now() - found.mtimeMs }
      if (file.age >= age) files.push(file)
    }
    return files
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true })
  }
}

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
