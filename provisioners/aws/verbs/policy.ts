import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { everyNeed, needsOf, type PolicyDocument, policyFor } from '../policy/policy.ts'
import { withBlueprint } from './session.ts'

/** @throws BookstoreError 'no-such-verb'. */
export async function policyOf(
  site: Site,
  operator: Operator,
  verb: string | undefined,
  ctx: Context,
): Promise<PolicyDocument> {
  const needs = verb === undefined ? everyNeed : Object.hasOwn(needsOf, verb) ? needsOf[verb] : undefined
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
