import type { AwsBlueprint } from '../../blueprints/aws.ts'
import type { Check, Finding } from '../../engine/check.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { findImage } from '../image/find-image.ts'
import { defaultNetwork, zonesOffering } from '../network/network.ts'
import { monthlyOf, pricesAsOf } from '../prices/prices.ts'
import { withBlueprint } from './session.ts'

/** What must hold in the account before a shop can stand there. Only reads. */
export function awsChecks(site: Site, operator: Operator): readonly Check[] {
  const { aws: settings } = site
  if (!settings) return []
  const { instanceType, image, architecture, region } = settings
  const check = (name: string, find: (blueprint: AwsBlueprint, ctx: Context) => Promise<Finding>): Check => ({
    name,
    run: (ctx) => findingOf(() => withBlueprint(site, operator, ctx, (blueprint) => find(blueprint, ctx))),
  })
  return [
    check('AWS account', async ({ stack }) => ({ ok: true, message: `${stack.account} in ${region}` })),
    check('instance type', async ({ stack }, ctx) => {
      const zones = await zonesOffering(stack.aws, instanceType, ctx)
      return { ok: true, message: `${instanceType} in ${zones.join(', ')}` }
    }),
    check('image', async ({ stack }, ctx) => {
      const { id } = await findImage(stack.aws, image, architecture, ctx)
      return { ok: true, message: id === image ? id : `${image} is ${id}` }
    }),
    check('network', async ({ stack }, ctx) => {
      if (settings.vpc === 'dedicated') return { ok: true, message: 'one of its own' }
      return { ok: true, message: `the default one, ${await defaultNetwork(stack.aws).vpcId(ctx)}` }
    }),
    check('price', async ({ owned }) => {
      const monthly = monthlyOf(owned.flatMap(({ billed = [] }) => billed))
      if (monthly !== undefined) return { ok: true, message: `US$ ${monthly.toFixed(2)} a month` }
      const what = pricesAsOf(region) === undefined ? region : `${instanceType} in ${region}`
      return { ok: true, message: `not known for ${what}; npm run prices ${region} adds it` }
    }),
  ]
}

async function findingOf(work: () => Promise<Finding>): Promise<Finding> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BookstoreError)) throw error
    return { ok: false, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
}
