import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Site } from '../../site.ts'
import { statementsFor } from './policy.ts'

/** A refusal for want of a right, with the statement that would give it; every other error as it is. */
export function withRemedy(error: unknown, site: Site, blueprint: AwsBlueprint): unknown {
  if (!(error instanceof BookstoreError) || error.code !== 'aws-denied') return error
  const { operation, action } = error.details
  const statements = statementsFor(site, blueprint, String(operation), String(action))
  if (statements.length === 0) return error
  const { code, fault, status, details } = error
  const text = statements.map((statement) => JSON.stringify(statement)).join(', ')
  return new BookstoreError(error.message, {
    ...{ code, fault, status, cause: error },
    details: { ...details, statements },
    hint: `Add to the policy of whoever this is (all that a verb needs: bookstore policy VERB): ${text}`,
  })
}
