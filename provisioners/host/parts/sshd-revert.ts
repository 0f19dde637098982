import { copyFile, rm } from 'node:fs/promises'
import { hrtime } from 'node:process'
import { BookstoreError } from '../../engine/errors.ts'
import { makePrivateFolder } from '../../engine/files.ts'
import type { Host } from '../host.ts'
import { plainFile, readFileState, writeFileSpec } from './file.ts'
import { settings } from './sshd-settings.ts'

/** Read before all others of its folder: in sshd_config(5) the first value wins. */
export const settingsPath = '/etc/ssh/sshd_config.d/00-bookstore.conf'

const service = 'bookstore-sshd-revert.service'
const timer = 'bookstore-sshd-revert.timer'
const unitPath = (unit: string) => `/etc/systemd/system/${unit}`

/**
 * The way back from SSH settings that lock the operator out: unless a second connection confirms them in time, they are taken
 * back, after a reboot before sshd starts. It needs neither the agent nor its runtime.
 */
export class SshdRevert {
  readonly #host: Host
  /** Settings that were confirmed, to go back to; absent when there were none. */
  readonly #before: string

  constructor(host: Host) {
    this.#host = host
    this.#before = `${host.memory}/sshd/before.conf`
  }

  async isArmed(): Promise<boolean> {
    return (await readFileState(unitPath(service))) !== undefined
  }

  /** To be called before the settings are changed. What was confirmed last stays what is gone back to. */
  async arm(afterSeconds: number): Promise<void> {
    if (!(await this.isArmed())) await this.#keepConfirmed()
    await writeFileSpec({ ...plainFile, path: unitPath(service), content: this.#serviceText() })
    const due = (await this.#startupAge()) + afterSeconds
    await writeFileSpec({ ...plainFile, path: unitPath(timer), content: timerText(due) })
    await this.#host.reloadUnits()
    await this.#host.run(['systemctl', '--quiet', 'enable', service])
    // Counts from now on also where an earlier one was running.
    await this.#host.run(['systemctl', 'restart', timer])
  }

  /** @throws BookstoreError 'sshd-reverted' when it was too late. */
  async disarm(): Promise<void> {
    await this.#host.run(['systemctl', 'stop', timer], { accept: [0, 5] })
    const reverted = (await this.isArmed()) && (await readFileState(settingsPath))?.content !== settings
    await this.#host.run(['systemctl', '--quiet', 'disable', service], { accept: [0, 1] })
    await Promise.all([service, timer].map((unit) => rm(unitPath(unit), { force: true })))
    await this.#host.reloadUnits()
    if (reverted) throw wasReverted()
  }

  /** At once, and the same way. */
  async revert(): Promise<void> {
    await this.#host.run(['systemctl', 'start', service])
    await this.disarm().catch(ignoreReverted)
  }

  /** Seconds since systemd was started. A timer that counts from there is not set back when units are reloaded. */
  async #startupAge(): Promise<number> {
    const { stdout } = await this.#host.run(['systemctl', 'show', '--property=UserspaceTimestampMonotonic'])
    const started = Number(/=(\d+)/.exec(stdout)?.[1])
    return Math.ceil(Number(hrtime.bigint() / 1_000n - BigInt(started)) / 1e6)
  }

  async #keepConfirmed(): Promise<void> {
    await makePrivateFolder(`${this.#host.memory}/sshd`)
    await rm(this.#before, { force: true })
    if (await readFileState(settingsPath)) await copyFile(settingsPath, this.#before)
  }

  #serviceText(): string {
    const back = `if [ -e ${this.#before} ]; then cp ${this.#before} ${settingsPath}; else rm -f ${settingsPath}; fi`
    return `[Unit]
Description=Takes back SSH settings of bookstore that nobody confirmed
Before=ssh.service ssh.socket

[Service]
Type=oneshot
ExecStart=/bin/sh -c '${back}'
ExecStart=-/bin/systemctl --no-block try-reload-or-restart ssh.service

[Install]
WantedBy=multi-user.target
`
  }
}

function timerText(startupAge: number): string {
  return `[Unit]
Description=Waits for SSH settings of bookstore to be confirmed

[Timer]
OnStartupSec=${startupAge}s
AccuracySec=1s
`
}

function wasReverted(): BookstoreError {
  return new BookstoreError('The stricter SSH settings were taken back, since nobody confirmed them in time.', {
    code: 'sshd-reverted',
    fault: 'remote',
    hint: 'Run the same command again; it makes a second connection to confirm them.',
  })
}

function ignoreReverted(error: unknown): void {
  if ((error as { code?: string }).code !== 'sshd-reverted') throw error
}
