import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { plan } from '../../engine/plan.ts'
import type { Context } from '../../engine/resource.ts'
import type { Plan, Step } from '../../engine/step.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { planSite } from '../../vm/bring-up.ts'
import { isReachable, machineOf } from '../machine/access.ts'
import { monthlyOf } from '../prices/prices.ts'
import { billedIn } from './costs.ts'
import { unmendable } from './unmendable.ts'

/** The steps at AWS, and those on the machine as its agent sees them, where it can be asked. */
export async function planAws(site: Site, operator: Operator, blueprint: AwsBlueprint, ctx: Context): Promise<Plan> {
  const { steps, followers } = await plan(blueprint.resources, ctx)
  for (const note of unmendable(site, blueprint)) ctx.emit(note)
  const bill = billOf(blueprint, steps)
  if (!isReachable(blueprint)) return { steps: [...steps, shopStep(steps)], followers, ...bill }
  site.vm = await machineOf(site, blueprint, ctx)
  const there = await planSite(site, operator, ctx)
  return { steps: [...steps, ...there.steps], followers: [...followers, ...there.followers], ...bill }
}

/** Before and after by the same prices, so that the steps are what lies between. */
function billOf(blueprint: AwsBlueprint, steps: readonly Step[]): Pick<Plan, 'monthly'> {
  const before = monthlyOf(blueprint.owned.flatMap((each) => each.standing()))
  if (before === undefined || monthlyOf(billedIn(blueprint)) === undefined) return {}
  const after = steps.reduce((sum, { cost }) => sum + cost.monthly, before)
  return { monthly: { before, after: Math.round(after * 100) / 100 } }
}

/** What a machine will need cannot be said in detail before it runs. */
function shopStep(steps: readonly Step[]): Step {
  const fresh = steps.some(({ address, action }) => address === 'aws.instance/web' && action === 'create')
  return {
    address: 'host.shop/web',
    label: 'the shop on the machine',
    action: fresh ? 'create' : 'update',
    changes: [],
    because: [],
    cost: { downtime: 'none', dataAtRisk: false, monthly: 0 },
    dependsOn: steps.flatMap(({ address }) => (address === 'aws.elastic-ip-association/web' ? [address] : [])),
  }
}
