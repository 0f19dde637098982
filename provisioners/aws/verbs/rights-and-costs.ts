import { awsBlueprint } from '../../blueprints/aws.ts'
import { createProvider } from '../../dns/create-provider.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import type { CostReport } from '../../targets/target.ts'
import { connectAws } from '../clients.ts'
import { type Need, needsOf, type PolicyDocument, policyFor } from '../policy/policy.ts'
import { lineOf, monthlyOf, pricesAsOf } from '../prices/prices.ts'
import { withBlueprint } from './session.ts'

const everything: readonly Need[] = ['read', 'make', 'remove']

/** @throws BookstoreError 'no-such-verb'. */
export async function policyOf(
  site: Site,
  operator: Operator,
  verb: string | undefined,
  ctx: Context,
): Promise<PolicyDocument> {
  const needs = verb === undefined ? everything : Object.hasOwn(needsOf, verb) ? needsOf[verb] : undefined
  if (needs === undefined) throw noSuchVerb(verb ?? '')
  return withBlueprint(site, operator, ctx, async (blueprint) => policyFor(site, blueprint, needs))
}

function noSuchVerb(verb: string): BookstoreError {
  return new BookstoreError(`There is no policy for '${verb}': it asks nothing of AWS, or is no verb.`, {
    code: 'no-such-verb',
    fault: 'user',
    hint: `These have one: ${Object.keys(needsOf).join(', ')}. Without a verb it is the sum of all.`,
  })
}

/** From the configuration alone: nobody is asked, and no credentials are needed. */
export async function costsOf(site: Site): Promise<CostReport> {
  const region = site.aws?.region ?? ''
  const aws = connectAws({ region, environment: {} })
  const stack = { aws, name: site.name, account: '', partition: 'aws' }
  const { owned } = awsBlueprint(site, stack, await createProvider({ provider: 'manual' }, {}))
  const billed = owned.flatMap((resource) => resource.billed ?? [])
  return {
    lines: billed.map(lineOf),
    monthly: monthlyOf(billed),
    asOf: pricesAsOf(region),
    beside:
      'Traffic to the outside (the first 100 GB a month are free), what lies in the bucket, and the zone at Route 53.',
  }
}
