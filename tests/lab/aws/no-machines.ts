import type { Addresses } from './addresses.ts'
import type { WireAnswer } from './front/wire.ts'
import type { MachineStates } from './world.ts'

/** Where instances are entries in the emulator and nothing else. */
export const noMachines: MachineStates = { moving: () => false, booted: () => undefined, console: () => undefined }

/** Public addresses in an answer are shown as ones of loopback, where nobody answers and nobody else is met. */
export function showOnLoopback(addresses: Addresses, answer: WireAnswer): void {
  for (const [, address = ''] of answer.body.toString().matchAll(/<(?:publicIp|ipAddress)>(\d[\d.]+)</g))
    if (!addresses.has(address) && !address.startsWith('127.')) addresses.set(address, address.replace(/^\d+/, '127'))
}
