import { existsSync } from 'node:fs'
import { arch } from 'node:os'
import { version } from 'node:process'
import type { ProcessId } from '../os-process.ts'
import { type Journal, readJson, writeJson } from './journal.ts'
import { rotate } from './logfile.ts'
import { Managed, type Report, type Timing, timing } from './managed.ts'
import type { Reply, Request, SupervisorStatus } from './protocol.ts'
import { type ProcessSpec, specHash } from './spec.ts'

export interface SupervisorFiles {
  desired: string
  journal: string
}

/** Longest that a tier may keep the next one waiting at the start, in milliseconds. */
const tierPatience = 30_000

/**
 * Keeps the processes of the desired list running. The list is a file, replaced as a whole, so that a new
 * supervisor goes on where a killed one stopped. Requests about one process are done one after another.
 */
export class Supervisor {
  readonly #processes = new Map<string, Managed>()
  readonly #queues = new Map<string, Promise<unknown>>()
  readonly #files: SupervisorFiles
  readonly #self: ProcessId
  readonly #revision: string
  readonly #report: Report
  readonly #timing: Timing
  readonly #since = Date.now()
  #closing = false

  constructor(files: SupervisorFiles, self: ProcessId, revision: string, report: Report, times: Timing = timing) {
    this.#files = files
    this.#self = self
    this.#revision = revision
    this.#report = report
    this.#timing = times
  }

  get status(): SupervisorStatus {
    const processes = [...this.#processes.values()].map((each) => each.status)
    const node = `${version.slice(1)} (${arch()})`
    return { pid: this.#self.pid, since: this.#since, revision: this.#revision, node, processes }
  }

  /** Starts what the desired list names, tier after tier. */
  async resume(): Promise<void> {
    this.#record()
    const specs = readJson<ProcessSpec[]>(this.#files.desired) ?? []
    for (const spec of specs) this.#processes.set(spec.name, this.#manage(spec))
    for (const tier of this.#tiers()) {
      if (this.#closing) return
      // A request may have put another one in its place meanwhile.
      const current = tier.filter((each) => this.#processes.get(each.spec.name) === each)
      for (const each of current) each.start()
      await Promise.all(current.map((each) => each.settled(tierPatience)))
    }
  }

  async handle(request: Request): Promise<Reply> {
    switch (request.do) {
      case 'status':
        return { ok: true, status: this.status }
      case 'put':
        return this.#put(request.spec)
      case 'await':
        return this.#await(request.name, request.timeoutMs)
      case 'signal':
        return this.#signal(request.name, request.signal)
      case 'remove':
        await this.#inTurn(request.name, () => this.#remove(request.name))
        return { ok: true }
      case 'shutdown':
        await this.stopAll()
        writeJson(this.#files.desired, [])
        return { ok: true }
    }
  }

  /** Last tier first; processes of a tier at the same time. */
  async stopAll(): Promise<void> {
    this.#closing = true
    for (const tier of this.#tiers().reverse()) await Promise.all(tier.map((each) => each.stop()))
  }

  /** Moves logs aside that have grown too big. */
  rotateLogs(): void {
    for (const { spec } of this.#processes.values()) {
      for (const file of [spec.log, ...(spec.otherLogs ?? [])]) {
        if (rotate(file)) this.#report('log rotated', { file })
      }
    }
  }

  /** False when somebody has removed our folder: then nobody could ever reach us again. */
  get isReachable(): boolean {
    return existsSync(this.#files.journal)
  }

  #put(spec: ProcessSpec): Reply {
    if (this.#closing) return { ok: false, code: 'closing', message: 'the supervisor is stopping' }
    const known = this.#processes.get(spec.name)
    if (known?.hash === specHash(spec)) {
      known.failures = 0
      known.start()
      return { ok: true }
    }
    const next = this.#manage(spec)
    this.#processes.set(spec.name, next)
    this.#persist()
    void this.#inTurn(spec.name, async () => {
      await known?.stop()
      if (this.#processes.get(spec.name) === next && !this.#closing) next.start()
    })
    return { ok: true }
  }

  async #await(name: string, timeoutMs: number): Promise<Reply> {
    const deadline = Date.now() + timeoutMs
    await this.#queues.get(name)
    const managed = this.#processes.get(name)
    if (!managed) return { ok: false, code: 'unknown-process', message: `there is no process ${name}` }
    const outcome = await managed.settled(Math.max(0, deadline - Date.now()))
    if (outcome === 'ready') return { ok: true }
    if (outcome === 'late')
      return { ok: false, code: 'not-ready', message: `it was not ready after ${timeoutMs / 1000} s` }
    return { ok: false, code: 'keeps-dying', message: `it ended with ${managed.status.lastExit ?? 'no status'}` }
  }

  #signal(name: string, signal: NodeJS.Signals): Reply {
    if (this.#processes.get(name)?.signal(signal)) return { ok: true }
    return { ok: false, code: 'not-running', message: `${name} is not running` }
  }

  async #remove(name: string): Promise<void> {
    const known = this.#processes.get(name)
    await known?.stop()
    this.#processes.delete(name)
    this.#persist()
  }

  #manage(spec: ProcessSpec): Managed {
    return new Managed(spec, this.#report, () => this.#record(), this.#timing)
  }

  #tiers(): Managed[][] {
    const all = [...this.#processes.values()]
    const tiers = [...new Set(all.map((each) => each.spec.tier))].sort((a, b) => a - b)
    return tiers.map((tier) => all.filter((each) => each.spec.tier === tier))
  }

  #persist(): void {
    writeJson(
      this.#files.desired,
      [...this.#processes.values()].map((each) => each.spec),
    )
  }

  #record(): void {
    const children = [...this.#processes.values()].flatMap(({ id, spec: { name, tier, cwd, stop } }) =>
      id ? [{ ...id, name, tier, cwd, stop }] : [],
    )
    try {
      writeJson(this.#files.journal, { supervisor: this.#self, children } satisfies Journal)
    } catch (error) {
      // A full disk must not end the supervisor; the next change writes the whole list again.
      this.#report('list of processes not written', { because: String(error) })
    }
  }

  #inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#queues.get(name) ?? Promise.resolve()).then(work)
    this.#queues.set(name, turn)
    return turn
  }
}
