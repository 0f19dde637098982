import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { SiteNetwork } from '../blueprints/databases.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { MachineSettings, Role, Site } from '../site.ts'

/** The machines of a site that have a role. */
export function machinesFor({ vm }: Pick<Site, 'vm'>, role: Role): readonly MachineSettings[] {
  return (vm?.machines ?? []).filter(({ roles }) => roles.includes(role))
}

/**
 * Where machines are: as the configuration says, or as their names resolve for us.
 * @throws BookstoreError 'machine-unknown'.
 */
export async function addressesOf(machines: readonly Pick<MachineSettings, 'host'>[]): Promise<readonly string[]> {
  const found = await Promise.all(
    machines.map(async ({ host }) => {
      if (isIP(host) !== 0) return [host]
      const all = await lookup(host, { all: true }).catch((cause: unknown) => {
        throw new BookstoreError(`The name ${host} of a machine is not known.`, {
          code: 'machine-unknown',
          fault: 'user',
          hint: 'Give the address of the machine instead: vm.machines[].host',
          cause,
        })
      })
      return all.map(({ address }) => address)
    }),
  )
  return found.flat()
}

/** How the machines of a site reach each other: by private addresses where there are any. @throws 'machine-unknown'. */
export async function networkOf(site: Pick<Site, 'vm'>): Promise<SiteNetwork> {
  const machines = site.vm?.machines ?? []
  const web = machinesFor(site, 'web').filter(({ roles }) => !roles.includes('database'))
  // One machine has nobody to reach, and need not know where it is.
  if (machines.length < 2) return { database: '', web: [] }
  const [database = ''] = await privateAddresses(machinesFor(site, 'database'))
  return { database, web: await privateAddresses(web) }
}

function privateAddresses(machines: readonly MachineSettings[]): Promise<readonly string[]> {
  return Promise.all(
    machines.map(async ({ host, privateAddress }) => {
      if (privateAddress !== undefined) return privateAddress
      const [first = ''] = await addressesOf([{ host }])
      return first
    }),
  )
}
