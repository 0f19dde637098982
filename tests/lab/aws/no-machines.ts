import { DescribeAddressesCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import type { Addresses } from './addresses.ts'
import type { Call } from './calls.ts'
import type { Clients } from './clients.ts'
import { showPublicAddresses } from './machines/public-addresses.ts'
import type { MachineStates } from './world.ts'

/** Where instances are entries in the emulator and nothing else. */
export const noMachines: MachineStates = {
  moving: () => false,
  booted: () => undefined,
  console: async () => undefined,
}

/** Public addresses are shown as ones of loopback, where nobody answers and nobody else is met. */
export async function showOnLoopback(core: Clients, addresses: Addresses, call: Call): Promise<void> {
  if (call.service !== 'ec2' || !/Instances$|Address$/.test(call.action) || call.action.startsWith('Describe')) return
  const [{ Reservations = [] }, { Addresses = [] }] = await Promise.all([
    core.ec2.send(new DescribeInstancesCommand({})),
    core.ec2.send(new DescribeAddressesCommand({})),
  ])
  const instances = Reservations.flatMap((it) => it.Instances ?? [])
  showPublicAddresses(addresses, instances, Addresses, (inner) => inner.replace(/^\d+/, '127'))
}
