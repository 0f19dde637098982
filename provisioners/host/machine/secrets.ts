import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import { makePrivateFolder, writeFileAtomic } from '../../engine/files.ts'
import { Secret } from '../../engine/secret.ts'

/** The stack's secrets: files of root's, one each, and those that came with this request and are not kept yet. */
export class Secrets {
  readonly folder: string
  readonly #brought: ReadonlyMap<string, Secret>

  constructor(folder: string, brought: ReadonlyMap<string, Secret> = new Map()) {
    this.folder = folder
    this.#brought = brought
  }

  /** @throws BookstoreError 'secret-missing'. */
  async get(name: string): Promise<Secret> {
    const found = this.#brought.get(name) ?? (await readSecretFile(this.folder, name))
    if (found) return found
    throw new BookstoreError(`This machine does not have the secret '${name}'.`, {
      code: 'secret-missing',
      fault: 'remote',
      hint: 'Run: bookstore up',
    })
  }

  /** Writes what was brought, where it differs from what is there; but not those that somebody else takes over. */
  async keep(except: readonly string[] = []): Promise<void> {
    for (const [name, secret] of this.#brought) {
      if (except.includes(name)) continue
      const found = await readSecretFile(this.folder, name)
      if (found?.reveal() !== secret.reveal()) await writeSecretFile(this.folder, name, secret)
    }
  }
}

/** `undefined` when there is none. */
export async function readSecretFile(folder: string, name: string): Promise<Secret | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : new Secret(text.trim())
}

export async function writeSecretFile(folder: string, name: string, secret: Secret): Promise<void> {
  await makePrivateFolder(folder)
  await writeFileAtomic(join(folder, name), `${secret.reveal()}\n`, 0o600)
}
