import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makePrivateFolder, writeFileAtomic } from '../engine/files.ts'
import { type Manifest, parseManifest } from './manifest.ts'

/** The manifest that this machine was last told to be like, with what may still be there of those before it. */
export class KeptManifest {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** `undefined` on a machine that never got one. @throws BookstoreError 'manifest-invalid'. */
  async read(): Promise<Manifest | undefined> {
    const text = await readFile(this.#path, 'utf8').catch(absent)
    return text === undefined ? undefined : parseManifest(JSON.parse(text))
  }

  async write(manifest: Manifest): Promise<void> {
    const text = `${JSON.stringify(manifest, undefined, 1)}\n`
    if (text === (await readFile(this.#path, 'utf8').catch(absent))) return
    await makePrivateFolder(dirname(this.#path))
    await writeFileAtomic(this.#path, text, 0o600)
  }

  async forget(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
