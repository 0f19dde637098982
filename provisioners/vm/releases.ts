import { BookstoreError } from '../engine/errors.ts'
import type { Address, Context } from '../engine/resource.ts'
import type { SiteOnMachine } from '../host/verbs/site.ts'
import { parseInventory } from '../releases/index.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import type { ReleaseReport } from '../targets/target.ts'
import { convergeAll } from './bring-up.ts'
import { isWeb } from './each-machine.ts'
import { type ServingMachine, withMachines, withServingMachines } from './machines.ts'
import { askSite } from './status.ts'

interface Outcome {
  id: string
  changed: boolean
}

/** Has what stands in this working tree serve on all machines. The names of the site are left alone. */
export async function deployRelease(site: Site, operator: Operator, ctx: Context): Promise<Outcome> {
  return withMachines(site, operator, ctx, async (machines) => {
    const done = await convergeAll(site, operator, machines, ctx)
    return { id: machines.find(isWeb)?.release.id ?? '', changed: didActivate(done) }
  })
}

/** Has an older release serve again. @throws BookstoreError 'no-release-before', 'unknown-release'. */
export async function rollBack(
  site: Site,
  operator: Operator,
  wanted: string | undefined,
  ctx: Context,
): Promise<Outcome> {
  return withMachines(site, operator, ctx, async (machines) => {
    const web = machines.filter(isWeb)
    const older = await Promise.all(web.map(async (machine) => [machine, await olderOn(machine, wanted, ctx)] as const))
    const done = await convergeAll(site, operator, machines, ctx, { wanted: new Map(older) })
    return { id: older[0]?.[1] ?? '', changed: didActivate(done) }
  })
}

export async function listReleases(site: Site, operator: Operator, ctx: Context): Promise<readonly ReleaseReport[]> {
  return withServingMachines(site, operator, ctx, async (machines) => {
    const first = machines.find(isWeb)
    if (!first) return []
    const [inventory, found] = [await inventoryOf(first, ctx), await askSite(first, ctx)]
    return inventory.releases.map((id) => report(id, found)).toSorted(byTime)
  })
}

export async function setMaintenance(site: Site, operator: Operator, on: boolean, ctx: Context): Promise<void> {
  await withServingMachines(site, operator, ctx, async (machines) => {
    await Promise.all(machines.filter(isWeb).map(({ agent }) => agent.call('maintenance', { input: { on } }, ctx)))
  })
}

const didActivate = (done: readonly Address[]) => done.some((address) => address.endsWith('host.shop/shop'))

async function inventoryOf({ agent }: ServingMachine, ctx: Context) {
  return parseInventory(await agent.call('inventory', {}, ctx))
}

async function olderOn(machine: ServingMachine, wanted: string | undefined, ctx: Context): Promise<string> {
  const [found, { releases }] = [await askSite(machine, ctx), await inventoryOf(machine, ctx)]
  if (wanted !== undefined) {
    const matches = releases.filter((id) => id.startsWith(wanted))
    if (matches.length === 1 && matches[0] !== undefined) return matches[0]
    throw unknownRelease(wanted, releases)
  }
  const before = found.activations.findLast(
    ({ release, result }) => result === 'served' && release !== found.release && releases.includes(release),
  )
  if (before) return before.release
  throw new BookstoreError('There is no release before the one that serves.', {
    code: 'no-release-before',
    fault: 'user',
    hint: 'See which there are: bookstore releases',
  })
}

function report(id: string, { release, activations }: SiteOnMachine): ReleaseReport {
  const last = activations.findLast((each) => each.release === id && each.result === 'served')
  return { id, active: id === release, since: last?.at, by: last?.by }
}

const byTime = (one: ReleaseReport, other: ReleaseReport) => ((one.since ?? '') < (other.since ?? '') ? 1 : -1)

function unknownRelease(wanted: string, releases: readonly string[]): BookstoreError {
  return new BookstoreError(`The machine has no release '${wanted}'.`, {
    code: 'unknown-release',
    fault: 'user',
    hint: `It has: ${releases.join(', ') || 'none'}.`,
  })
}
