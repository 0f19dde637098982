import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Log } from './log.ts'
import type { CommonSettings } from './settings.ts'
import { pause } from './worker.ts'

const run = promisify(execFile)

/** Node speaks no Unix datagrams. The units need `NotifyAccess=all`, since it is a child that speaks. */
const programs = ['/usr/bin/systemd-notify', '/bin/systemd-notify']
const programTimeoutMs = 5_000
const askEveryMs = 250

/**
 * Tells systemd how the process is, where `NOTIFY_SOCKET` says that systemd wants to know; elsewhere it does nothing.
 * https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 */
export class Systemd {
  readonly #socket: string | undefined
  readonly #watchdogMs: number | undefined
  readonly #log: Log

  constructor(settings: Pick<CommonSettings, 'NOTIFY_SOCKET' | 'WATCHDOG_USEC'>, log: Log) {
    this.#socket = settings.NOTIFY_SOCKET
    this.#watchdogMs = settings.WATCHDOG_USEC && settings.WATCHDOG_USEC / 1_000
    this.#log = log
  }

  /** `READY=1` once `isReady` says so, and signs of life for the watchdog. Resolves when `signal` aborts. */
  async follow(isReady: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    if (this.#socket === undefined) return
    await Promise.all([this.#announce(isReady, signal), this.#live(signal)])
  }

  async stopping(): Promise<void> {
    await this.#tell('STOPPING=1')
  }

  async #announce(isReady: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if ((await isReady()) && (await this.#tell('READY=1'))) return
      await pause(askEveryMs, signal)
    }
  }

  /** At half of the time after which systemd would take us for dead, as sd_watchdog_enabled(3) recommends. */
  async #live(signal: AbortSignal): Promise<void> {
    if (this.#watchdogMs === undefined) return
    while (!signal.aborted) {
      await this.#tell('WATCHDOG=1')
      await pause(this.#watchdogMs / 2, signal)
    }
  }

  /** False when it was not told. */
  async #tell(state: string): Promise<boolean> {
    if (this.#socket === undefined) return false
    const program = programs.find((path) => existsSync(path))
    try {
      if (!program) throw new Error(`there is no ${programs[0]}`)
      await run(program, [state], { env: { NOTIFY_SOCKET: this.#socket }, timeout: programTimeoutMs })
      return true
    } catch (error) {
      this.#log.warn({ err: error, state }, 'systemd was not told')
      return false
    }
  }
}
