import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ProcessId, signalGroup, startOf } from '../os-process.ts'
import { removeStaleLock } from './lock-file.ts'
import { answers, probe } from './probe.ts'
import type { ProcessState, ProcessStatus } from './protocol.ts'
import { type ProcessSpec, specHash } from './spec.ts'

/** Milliseconds. */
export interface Timing {
  firstBackoff: number
  longestBackoff: number
  /** A process that ran this long starts again at once when it dies. */
  stable: number
  probeEvery: number
  liveEvery: number
}

export const timing: Timing = {
  firstBackoff: 100,
  longestBackoff: 10_000,
  stable: 10_000,
  probeEvery: 25,
  liveEvery: 3_000,
}

export type Report = (event: string, facts: Record<string, unknown>) => void

/** One process that is kept running: started again when it dies, later and later while it keeps dying. */
export class Managed {
  readonly spec: ProcessSpec
  readonly hash: string
  id: ProcessId | undefined
  /** Deaths since this spec was put, before it was ever ready. */
  failures = 0
  #state: ProcessState = 'stopped'
  #since: number | undefined
  #restarts = 0
  #quickDeaths = 0
  #lastExit: string | undefined
  #wanted = false
  #child: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  readonly #watchers = new Set<() => void>()
  readonly #report: Report
  readonly #onChange: () => void
  readonly #timing: Timing

  constructor(spec: ProcessSpec, report: Report, onChange: () => void, times: Timing = timing) {
    this.spec = spec
    this.hash = specHash(spec)
    this.#report = report
    this.#onChange = onChange
    this.#timing = times
  }

  get status(): ProcessStatus {
    const { name, tier, log } = this.spec
    const { hash } = this
    const pid = this.id?.pid
    return {
      name,
      hash,
      state: this.#state,
      pid,
      since: this.#since,
      restarts: this.#restarts,
      tier,
      log,
      lastExit: this.#lastExit,
    }
  }

  start(): void {
    this.#wanted = true
    if (this.#state === 'stopped' || this.#state === 'waiting') this.#launch()
  }

  signal(signal: NodeJS.Signals): boolean {
    return this.#child?.kill(signal) ?? false
  }

  /** Asks it to end, and after its grace makes it. Resolves when it and its group are gone. */
  async stop(): Promise<void> {
    this.#wanted = false
    clearTimeout(this.#timer)
    if (this.#child) {
      this.#become('stopping')
      this.#child.kill(this.spec.stop.signal)
      const hard = setTimeout(() => this.#child?.kill('SIGKILL'), this.spec.stop.graceMs)
      await this.#gone
      clearTimeout(hard)
    }
    this.#become('stopped')
  }

  /** Resolves when it is ready, was found dead three times, or was stopped; at most after `timeoutMs`. */
  async settled(timeoutMs: number): Promise<'ready' | 'failing' | 'late'> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      if (this.#state === 'ready') return 'ready'
      if (this.failures >= 3 || this.#state === 'stopped') return 'failing'
      if (Date.now() >= deadline) return 'late'
      await this.#nextChange(deadline - Date.now())
    }
  }

  #nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#watchers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      this.#watchers.add(done)
    })
  }

  #become(state: ProcessState): void {
    this.#state = state
    for (const wake of [...this.#watchers]) wake()
  }

  /** A full disk or a missing folder is one more way to die: it is tried again. */
  #launch(): void {
    this.#since = Date.now()
    try {
      this.#adopt(this.#spawn())
    } catch (error) {
      this.#lastExit = error instanceof Error ? error.message : String(error)
      this.#report('not started', { process: this.spec.name, because: this.#lastExit })
      this.#startAgain(false)
    }
  }

  #adopt(child: ChildProcess): void {
    const { spec } = this
    this.#child = child
    this.#become('starting')
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(this.#ended(child, signal ?? `status ${code}`)))
      child.once('error', (error) => resolve(this.#ended(child, error.message)))
    })
    const start = child.pid === undefined ? undefined : startOf(child.pid)
    this.id = child.pid !== undefined && start !== undefined ? { pid: child.pid, start } : undefined
    this.#onChange()
    this.#report('started', { process: spec.name, pid: child.pid })
    void this.#watch(child)
  }

  /** In a session of its own, so that the terminal's signals pass it by and its group can be ended as a whole. */
  #spawn(): ChildProcess {
    const { argv, cwd, env, log, user, lock, leftovers } = this.spec
    if (lock) removeStaleLock(lock)
    for (const file of leftovers) rmSync(file, { force: true })
    const [program = '', ...args] = argv
    const output = openSync(log, 'a', 0o600)
    try {
      return spawn(program, args, { cwd, env: { ...env }, detached: true, stdio: ['ignore', output, output], ...user })
    } finally {
      closeSync(output)
    }
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    // Workers that outlive their leader keep its ports.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    const wasReady = this.#state === 'ready'
    this.#child = undefined
    this.id = undefined
    this.#lastExit = how
    this.#onChange()
    this.#report('ended', { process: this.spec.name, pid: child.pid, how, wanted: this.#wanted })
    if (this.#wanted) this.#startAgain(wasReady)
  }

  #startAgain(wasReady: boolean): void {
    const { firstBackoff, longestBackoff, stable } = this.#timing
    if (Date.now() - (this.#since ?? 0) >= stable) this.#quickDeaths = 0
    if (!wasReady) this.failures++
    this.#restarts++
    const delay = Math.min(longestBackoff, firstBackoff * 2 ** this.#quickDeaths++)
    this.#become('waiting')
    this.#timer = setTimeout(() => this.#launch(), delay)
  }

  async #watch(child: ChildProcess): Promise<void> {
    let pause = this.#timing.probeEvery
    while (this.#child === child && this.#state === 'starting') {
      if ((await probe(this.spec.ready)) && this.#child === child && this.#state === 'starting') {
        this.failures = 0
        this.#report('ready', { process: this.spec.name, afterMs: Date.now() - (this.#since ?? 0) })
        this.#become('ready')
      } else {
        await sleep(pause)
        // A long recovery needs the processor more than our questions.
        pause = Math.min(pause * 1.2, this.#timing.probeEvery * 10)
      }
    }
    await this.#keepAlive(child)
  }

  /** A process whose event loop stands still is as good as dead, but would never say so. */
  async #keepAlive(child: ChildProcess): Promise<void> {
    const { ready } = this.spec
    if (ready.kind !== 'http' || ready.live === undefined) return
    let misses = 0
    while (this.#child === child && this.#state === 'ready') {
      await sleep(this.#timing.liveEvery, undefined, { ref: false })
      misses = (await answers(ready.socket, ready.live, this.#timing.liveEvery)) ? 0 : misses + 1
      if (misses >= 3 && this.#child === child && this.#state === 'ready') {
        this.#report('hangs', { process: this.spec.name, pid: child.pid })
        child.kill('SIGKILL')
      }
    }
  }
}
