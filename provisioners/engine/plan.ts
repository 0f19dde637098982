import { allOf } from './all-of.ts'
import { byText, inOrder, reversed } from './graph.ts'
import type { Address, Change, Context, Cost, Resource } from './resource.ts'
import type { Follower, Plan, Step } from './step.ts'
import { describeSystemError } from './system-error.ts'

interface Seen {
  resource: Resource
  change: Change | { do: 'create' }
}

/**
 * Reads the world and says what would bring it to what the blueprint wants. Changes nothing.
 *
 * Everything is read at once; `desired` of a resource is asked after the resources that it depends on were read, and
 * only when it exists, since a creation needs no comparison. The same world gives the same plan, byte for byte.
 *
 * @param obsolete Resources that are no longer wanted; those that exist are deleted when all else is done.
 * @throws What a read throws first, in graph order, after all reads have ended.
 */
export async function plan(
  resources: readonly Resource[],
  ctx: Context,
  obsolete: readonly Resource[] = [],
): Promise<Plan> {
  const ordered = inOrder(resources)
  const [seen, leftovers] = await Promise.all([compareAll(ordered, ctx), existing(obsolete, ctx)])
  const { steps, followers } = arrange(seen)
  return { steps: [...steps, ...deletions(leftovers, steps)], followers }
}

/** What takes all of it down: dependents before what they stand on. */
export async function planDestroy(resources: readonly Resource[], ctx: Context): Promise<Plan> {
  return { steps: deletions(await existing(inOrder(resources), ctx), []), followers: [] }
}

async function compareAll(ordered: readonly Resource[], ctx: Context): Promise<readonly Seen[]> {
  const states = new Map(ordered.map((resource) => [resource.address, read(resource, ctx)]))
  const comparisons = ordered.map(async (resource): Promise<Seen> => {
    const state = await states.get(resource.address)
    if (state === undefined) return { resource, change: { do: 'create' } }
    await Promise.all(resource.dependsOn.map((address) => states.get(address)))
    return { resource, change: resource.diff(await resource.desired(ctx), state) }
  })
  return allOf(comparisons)
}

async function existing(resources: readonly Resource[], ctx: Context): Promise<readonly Resource[]> {
  const states = await allOf(resources.map((resource) => read(resource, ctx)))
  return resources.filter((_, position) => states[position] !== undefined)
}

async function read(resource: Resource, ctx: Context): Promise<unknown> {
  ctx.signal.throwIfAborted()
  try {
    return await resource.read(ctx)
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason
    throw describeSystemError(error, `looking at ${resource.label}`)
  }
}

function arrange(seen: readonly Seen[]): { steps: readonly Step[]; followers: readonly Follower[] } {
  const steps: Step[] = []
  const followers: Follower[] = []
  const involved = new Set<Address>()
  for (const { resource, change } of seen) {
    const dependsOn = resource.dependsOn.filter((address) => involved.has(address)).toSorted(byText)
    const base = { address: resource.address, label: resource.label, dependsOn }
    if (change.do !== 'nothing') steps.push(stepOf(resource, change, dependsOn))
    else if (dependsOn.length > 0) followers.push(base)
    else continue
    involved.add(resource.address)
  }
  return { steps, followers }
}

function stepOf(resource: Resource, change: Exclude<Seen['change'], { do: 'nothing' }>, dependsOn: Address[]): Step {
  return {
    address: resource.address,
    label: resource.label,
    action: change.do,
    changes: change.do === 'update' ? change.fields : [],
    because: change.do === 'replace' ? change.because : [],
    cost: costOf(resource, change.do),
    dependsOn,
  }
}

/** Deletions go last and against the arrows. */
function deletions(resources: readonly Resource[], after: readonly Step[]): readonly Step[] {
  const present = new Set(resources.map((resource) => resource.address))
  const labels = new Map(resources.map((resource) => [resource.address, resource]))
  const among = resources.map(({ address, dependsOn }) => ({
    address,
    dependsOn: dependsOn.filter((dependency) => present.has(dependency)),
  }))
  const first = after.map((step) => step.address)
  return inOrder(reversed(among) as readonly { address: Address; dependsOn: Address[] }[]).map((node) => {
    const resource = labels.get(node.address) as Resource
    return {
      address: node.address,
      label: resource.label,
      action: 'delete',
      changes: [],
      because: [],
      cost: costOf(resource, 'delete'),
      dependsOn: [...first, ...node.dependsOn],
    }
  })
}

function costOf(resource: Resource, action: Step['action']): Cost {
  const downtime = action === 'replace' ? 'brief' : action === 'delete' ? 'long' : 'none'
  return resource.cost?.(action) ?? { downtime, dataAtRisk: false, monthly: 0 }
}
