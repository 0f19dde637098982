import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { oneMachine, type SiteNetwork } from '../blueprints/network.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { MachineSettings, Role, Site } from '../site.ts'

/** The machines of a site that have a role. */
export function machinesFor({ vm }: Pick<Site, 'vm'>, role: Role): readonly MachineSettings[] {
  return (vm?.machines ?? []).filter(({ roles }) => roles.includes(role))
}

/** Of several web machines the one that does what is done once. */
export const firstWeb = (site: Pick<Site, 'vm'>): MachineSettings | undefined => machinesFor(site, 'web')[0]

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
  const webs = machinesFor(site, 'web')
  const without = (role: Role) => privateAddresses(webs.filter(({ roles }) => !roles.includes(role)))
  // One machine has nobody to reach, and need not know where it is.
  if (machines.length < 2) return oneMachine
  const keepers = machinesFor(site, 'files')
  const [[database = ''], [files = ''], web, mounting] = await Promise.all([
    privateAddresses(machinesFor(site, 'database')),
    privateAddresses(keepers),
    without('database'),
    keepers.length > 0 ? without('files') : [],
  ])
  return { database, web, files, mounting, webs: webs.length }
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
