import type { Addresses } from './addresses.ts'
import type { Clients } from './clients.ts'
import type { Policy } from './policy.ts'

/** How slow the cloud is, in milliseconds. AWS counts these in seconds and minutes. */
export interface Timing {
  /** From the making of a thing until those who ask for it are told of it. */
  visibleAfter: number
  /** An instance is at least so long pending, stopping or shutting down. */
  transition: number
  /** What an instance used is in use for so long after it was terminated. */
  linger: number
}

export const defaultTiming: Timing = { visibleAfter: 150, transition: 150, linger: 300 }

/** What the front knows and the emulator does not. */
export interface World {
  readonly timing: Timing
  /** Asks the emulator, past the front. */
  readonly core: Clients
  /** Of things by their id, when they were made. */
  readonly made: Map<string, number>
  /** Of instances, when their state was last changed. */
  readonly changed: Map<string, number>
  /** Of instances with machines: what becomes of them. */
  readonly machines: MachineStates
  readonly addresses: Addresses
  /** What callers may do, but for those in `roles`; everything when undefined. */
  policy: Policy | undefined
  /** By their code, what the account may have at most where it is not what everybody may. */
  readonly quotas: Map<string, number>
  /** By access key: the role whose credentials a machine was given. */
  readonly roles: Map<string, string>
}

export interface MachineStates {
  /** True while the machine is being switched on or off. */
  moving(instanceId: string): boolean
  /** Undefined when there is no machine. */
  booted(instanceId: string): boolean | undefined
  /** What it has printed on its console; undefined when there is no machine. */
  console(instanceId: string): Promise<string | undefined>
}

export function newWorld(core: Clients, timing: Timing, machines: MachineStates, addresses: Addresses): World {
  const empty = { made: new Map(), changed: new Map(), quotas: new Map(), roles: new Map(), policy: undefined }
  return { timing, core, machines, addresses, ...empty }
}

/** Whether a thing that was made `at` is still unknown to those who ask. */
export function isYoung(world: World, id: string): boolean {
  return Date.now() - (world.made.get(id) ?? 0) < world.timing.visibleAfter
}
