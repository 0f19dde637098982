import { link, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { siblingOf, writeFileAtomic, writeSynced } from './files.ts'
import {
  expiresAfterMs,
  type LeaseEntry,
  leaseBusy,
  leaseLost,
  newEntry,
  parseEntry,
  renewEveryMs,
} from './lease-entry.ts'
import { stateOf } from './process-identity.ts'
import type { Clock } from './resource.ts'
import { describeSystemError } from './system-error.ts'

interface Generation {
  number: number
  entry: LeaseEntry
}

/** `entry` is undefined when the file is damaged, as a power cut may leave it. */
interface Found {
  number: number
  entry: LeaseEntry | undefined
}

export interface Lease {
  /** @throws BookstoreError 'lease-lost' when somebody else took it over. */
  check(): Promise<void>
  /** Idempotent. Tolerates that the folder was removed meanwhile. */
  release(): Promise<void>
}

export interface LeaseOptions {
  verb: string
  clock: Clock
  /** Of the process that holds it; this one by default. */
  pid?: number
}

/**
 * Takes the lease that lives in `folder`, and fails at once when somebody else has it.
 *
 * Each owner is a file with a number, and the highest number is the one that counts. Taking over means to create the
 * next number, which only one process can do, and the highest is never deleted; so two takers cannot both win, whatever
 * instant they are killed at. An owner on this computer whose process is gone is replaced at once, one on another
 * computer (a shared home folder) 60 s after its last renewal.
 *
 * @throws BookstoreError 'busy' with status 75 when it is held.
 */
export async function takeLease(folder: string, options: LeaseOptions): Promise<Lease> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (;;) {
      const current = await highest(folder)
      if (current?.entry && (await isHeld(current.entry, options.clock))) throw leaseBusy(current.entry)
      const mine = await claim(folder, (current?.number ?? 0) + 1, options)
      if (mine) return new FileLease(folder, mine, options.clock)
    }
  } catch (error) {
    throw describeSystemError(error, `taking the lease in ${folder}`)
  }
}

/** Holds the lease while `work` runs, and releases it on every way out. */
export async function withLease<T>(
  folder: string,
  options: LeaseOptions,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = await takeLease(folder, options)
  try {
    return await work(lease)
  } finally {
    await lease.release()
  }
}

class FileLease implements Lease {
  readonly #folder: string
  readonly #mine: Generation
  readonly #clock: Clock
  readonly #ended = new AbortController()
  readonly #renewing: Promise<void>

  constructor(folder: string, mine: Generation, clock: Clock) {
    this.#folder = folder
    this.#mine = mine
    this.#clock = clock
    this.#renewing = this.#renew()
  }

  async check(): Promise<void> {
    const current = await highest(this.#folder)
    if (current?.entry?.token !== this.#mine.entry.token) throw leaseLost(current?.entry)
  }

  async release(): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    await this.#renewing
    await this.#write({ ...this.#mine.entry, released: true })
  }

  async #renew(): Promise<void> {
    while (await this.#slept()) await this.#write({ ...this.#mine.entry, renewed: this.#clock.now().toISOString() })
  }

  async #slept(): Promise<boolean> {
    return this.#clock.sleep(renewEveryMs, this.#ended.signal).then(
      () => true,
      () => false,
    )
  }

  /** A lease that cannot be written is found out by the next `check`, or by its expiry. */
  async #write(entry: LeaseEntry): Promise<void> {
    await writeFileAtomic(fileOf(this.#folder, this.#mine.number), format(entry), 0o600).catch(() => {})
  }
}

async function claim(folder: string, number: number, { verb, clock, pid }: LeaseOptions) {
  const entry = await newEntry(verb, clock, pid)
  if (!(await createWhole(fileOf(folder, number), format(entry)))) return undefined
  const numbers = await generations(folder)
  if (numbers.some((other) => other > number)) {
    await rm(fileOf(folder, number), { force: true })
    return undefined
  }
  const older = numbers.filter((other) => other < number)
  await Promise.all(older.map((other) => rm(fileOf(folder, other), { force: true })))
  return { number, entry }
}

/** A hard link fails when its name is taken, and the content is there from the first instant. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const sibling = siblingOf(path)
  try {
    await writeSynced(sibling, content, 0o600)
    await link(sibling, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(sibling, { force: true })
  }
}

async function highest(folder: string): Promise<Found | undefined> {
  for (;;) {
    const number = Math.max(0, ...(await generations(folder)))
    if (number === 0) return undefined
    const text = await readFile(fileOf(folder, number), 'utf8').catch(absent)
    // Gone between the two calls: a newer one has come.
    if (text !== undefined) return { number, entry: parseEntry(text) }
  }
}

async function generations(folder: string): Promise<readonly number[]> {
  const names = (await readdir(folder).catch(absent)) ?? []
  return names.map((name) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? 0)).filter((number) => number > 0)
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function isHeld(entry: LeaseEntry, clock: Clock): Promise<boolean> {
  if (entry.released) return false
  const state = await stateOf(entry.owner)
  if (state !== 'elsewhere') return state === 'running'
  return clock.now().getTime() - Date.parse(entry.renewed) < expiresAfterMs
}

function fileOf(folder: string, number: number): string {
  return join(folder, `${number}.json`)
}

function format(entry: LeaseEntry): string {
  return `${JSON.stringify(entry, undefined, 2)}\n`
}
