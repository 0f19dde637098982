import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, writeFileAtomic } from '../../engine/files.ts'
import type { Request, RunLine } from '../protocol.ts'

const mostKept = 20

export interface RunPlaces {
  /** Events of the last runs, one file each: `<id>.jsonl`. */
  kept: string
  /** Requests on their way to the run that they started; in memory, since they hold secrets. */
  requests: string
}

/** Files of runs. Whether one is under way systemd knows: see `RunUnit`. */
export class Runs {
  readonly #places: RunPlaces

  constructor(places: RunPlaces) {
    this.#places = places
  }

  eventsFile(id: string): string {
    return join(this.#places.kept, `${id}.jsonl`)
  }

  /** Everything that a run needs to be started, and its first line; older ones make room. */
  async prepare(verb: string, request: Request, now: Date): Promise<RunLine> {
    const { by = 'somebody' } = request
    const line: RunLine = { type: 'run', id: idOf(verb, now), verb, by, since: now.toISOString() }
    await makePrivateFolder(this.#places.kept)
    await makePrivateFolder(this.#places.requests)
    await this.#makeRoom()
    await writeFileAtomic(this.#digestFile(line.id), digestOf(verb, request), 0o600)
    await writeFileAtomic(this.#requestFile(line.id), JSON.stringify(request), 0o600)
    await writeFileAtomic(this.eventsFile(line.id), `${JSON.stringify(line)}\n`, 0o600)
    return line
  }

  /** Hands the request over to its run; it exists only once. */
  async takeRequest(id: string): Promise<Request> {
    const text = await readFile(this.#requestFile(id), 'utf8')
    await rm(this.#requestFile(id), { force: true })
    return JSON.parse(text) as Request
  }

  /** Whether the run was started by the same words; `by` aside. */
  async isSame(id: string, verb: string, request: Request): Promise<boolean> {
    const digest = await readFile(this.#digestFile(id), 'utf8').catch(() => undefined)
    return digest === digestOf(verb, request)
  }

  /** Removes what was for the run alone. Its events stay. */
  async finish(id: string): Promise<void> {
    await Promise.all([this.#requestFile(id), this.#digestFile(id)].map((file) => rm(file, { force: true })))
  }

  /** As if it had never been prepared. */
  async forget(id: string): Promise<void> {
    await this.finish(id)
    await rm(this.eventsFile(id), { force: true })
  }

  /** Ids, the newest last. */
  async list(): Promise<readonly string[]> {
    const names = await readdir(this.#places.kept).catch(() => [])
    return names
      .filter((name) => /^\d.*\.jsonl$/.test(name))
      .map((name) => name.slice(0, -'.jsonl'.length))
      .sort()
  }

  async #makeRoom(): Promise<void> {
    const old = (await this.list()).slice(0, 1 - mostKept)
    await Promise.all(old.map((id) => this.forget(id)))
  }

  #requestFile(id: string): string {
    return join(this.#places.requests, `${id}.json`)
  }

  #digestFile(id: string): string {
    return join(this.#places.requests, `${id}.digest`)
  }
}

/** Sorted by their names runs are sorted by time. */
function idOf(verb: string, now: Date): string {
  return `${now.toISOString().replaceAll(/[-:.]/g, '')}-${verb}-${randomBytes(2).toString('hex')}`
}

function digestOf(verb: string, { input, secrets }: Request): string {
  return createHash('sha256')
    .update(JSON.stringify([verb, input, secrets]))
    .digest('hex')
}
