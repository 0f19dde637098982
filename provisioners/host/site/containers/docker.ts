import { existsSync } from 'node:fs'
import type { Host, RunOptions } from '../../host.ts'
import { machine, type Slot } from '../../layout.ts'
import { type Process, processName } from '../units.ts'

/** One for both slots: the unit of a slot's containers. */
export const composeUnitName = (slot: Slot): string => `bookstore-compose@${slot}.service`

/** Whether anything of ours can be in Docker: its unit stays until the last container is gone. */
export function hasContainers(): boolean {
  return existsSync('/etc/systemd/system/bookstore-compose@.service')
}

/** Docker works on an image for minutes on a slow disk. */
const longMs = 10 * 60_000

export function docker(host: Host, words: readonly string[], options: RunOptions = {}) {
  return host.run(['docker', ...words], { timeoutMs: longMs, ...options })
}

/** Compose, for the containers of a slot. */
export function compose(host: Host, slot: Slot, words: readonly string[], options: RunOptions = {}) {
  return host.run([machine.compose, slot, ...words], { timeoutMs: longMs, ...options })
}

/** `catalog-1` of the slot `blue` is `bookstore-blue-catalog-1`. */
export const containerName = (process: Omit<Process, 'runtime'>): string =>
  `bookstore-${process.slot}-${processName(process)}`
