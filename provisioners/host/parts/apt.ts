import type { Address, Context } from '../../engine/resource.ts'
import { retry } from '../../engine/retry.ts'
import type { Host } from '../host.ts'
import { aptError, lockOwner } from './apt-errors.ts'
import { requireRoomForLists } from './room.ts'

const options = [
  '--yes',
  '--quiet',
  '--no-install-recommends',
  '--option=Dpkg::Options::=--force-confdef',
  '--option=Dpkg::Options::=--force-confold',
  '--option=Dpkg::Use-Pty=0',
  '--option=DPkg::Lock::Timeout=5',
  // Without it apt-get ends with 0 although it could not fetch.
  '--option=APT::Update::Error-Mode=any',
] as const

/** needrestart would restart services of others, or ask. */
const env = { NEEDRESTART_SUSPEND: '1', UCF_FORCE_CONFFOLD: '1' }

const quarterHour = 15 * 60_000
/** Somebody else's upgrade may take this long. */
const lockAttempts = 120
const lockDelayMs = 5_000

/** apt-get, patient with those who hold its lock, and mended when it was interrupted. */
export class Apt {
  readonly #host: Host
  readonly #address: Address
  readonly #ctx: Context

  /** @param address Whose progress this is. */
  constructor(host: Host, address: Address, ctx: Context) {
    this.#host = host
    this.#address = address
    this.#ctx = ctx
  }

  /** What `apt-get <words>` would do, without doing it. */
  async simulate(...words: string[]): Promise<Simulation> {
    return parseSimulation(await this.#get(['--simulate', ...words]))
  }

  /**
   * Runs to its end even when the run is interrupted: a package that is half unpacked helps nobody.
   *
   * @throws BookstoreError 'apt-locked', 'apt-fetch-failed', 'apt-lists-old', 'disk-full', 'apt-failed'.
   */
  async run(...words: string[]): Promise<void> {
    await this.#get(words)
  }

  #get(words: readonly string[]): Promise<string> {
    const attempt = () => this.#mending(words)
    const limits = { attempts: 3, firstDelayMs: 2_000, address: this.#address }
    return retry(attempt, { codes: ['apt-fetch-failed', 'dpkg-interrupted'], ...limits }, this.#ctx)
  }

  /** Where what it stumbled over can be removed, that is done, and it goes on at once. */
  async #mending(words: readonly string[]): Promise<string> {
    try {
      return await this.#waiting(words)
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === 'apt-fetch-failed' || code === 'apt-lists-old') await this.#waiting(['update'])
      else if (code === 'dpkg-interrupted') await this.#configureAll()
      else throw error
      return this.#waiting(words)
    }
  }

  #waiting(words: readonly string[]): Promise<string> {
    const limits = { attempts: lockAttempts, firstDelayMs: lockDelayMs, factor: 1, address: this.#address }
    return retry(() => this.#once(words), { codes: ['apt-locked'], ...limits }, this.#ctx)
  }

  async #once(words: readonly string[]): Promise<string> {
    if (words.includes('update')) await requireRoomForLists()
    const argv = ['apt-get', ...options, ...words] as const
    const { code, stdout, stderr } = await this.#host.run([...argv], { env, timeoutMs: quarterHour, accept: [0, 100] })
    if (code === 0) return stdout
    const said = `${stdout}\n${stderr}`
    const error = aptError(`'apt-get ${words.join(' ')}'`, said)
    if (error.code === 'apt-locked') this.#progress(`waiting for ${lockOwner(said)}, which changes packages`)
    throw error
  }

  async #configureAll(): Promise<void> {
    this.#progress('an interrupted installation is finished first')
    const argv = ['dpkg', '--force-confdef', '--force-confold', '--configure', '-a'] as const
    await this.#host.run([...argv], { env, timeoutMs: quarterHour, accept: [0, 1] })
  }

  #progress(message: string): void {
    this.#ctx.emit({ type: 'step-progress', address: this.#address, message })
  }
}

/** Names of packages, without architecture. */
export interface Simulation {
  /** That are not there yet. */
  added: readonly string[]
  removed: readonly string[]
}

/** 'Inst x (1 Debian)' is new, 'Inst x [0] (1 Debian)' an upgrade; 'Remv' and 'Purg' go. */
export function parseSimulation(text: string): Simulation {
  const names = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))]
  return { added: names(/^Inst ([^\s:]+)\S* \(/gm), removed: names(/^(?:Remv|Purg) ([^\s:]+)/gm) }
}
