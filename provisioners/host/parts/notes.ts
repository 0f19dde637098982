import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, writeFileAtomic } from '../../engine/files.ts'

/** What the agent remembers about one topic: a JSON file a name. */
export class Notes<T> {
  readonly #folder: string

  /** @param memory The agent's folder: `Host.memory`. */
  constructor(memory: string, topic: string) {
    this.#folder = join(memory, topic)
  }

  async read(name: string): Promise<T | undefined> {
    const text = await readFile(this.#file(name), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }

  async write(name: string, note: T): Promise<void> {
    await makePrivateFolder(this.#folder)
    await writeFileAtomic(this.#file(name), `${JSON.stringify(note)}\n`, 0o600)
  }

  async forget(name: string): Promise<void> {
    await rm(this.#file(name), { force: true })
  }

  #file(name: string): string {
    return join(this.#folder, `${encodeURIComponent(name)}.json`)
  }
}
