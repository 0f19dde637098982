import { GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam'
import type { Clients } from './clients.ts'

/** As much of an IAM policy as tells which actions it allows; resources and conditions are not looked at. */
export interface Policy {
  Statement: Statement | readonly Statement[]
}

interface Statement {
  Effect: 'Allow' | 'Deny'
  Action?: string | readonly string[]
  NotAction?: string | readonly string[]
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function allows(policies: readonly Policy[], action: string): boolean {
  const statements = policies.flatMap(({ Statement }) => Statement)
  const about = statements.filter(({ Action, NotAction }) =>
    NotAction === undefined ? matches(Action, action) : !matches(NotAction, action),
  )
  return about.some(({ Effect }) => Effect === 'Allow') && !about.some(({ Effect }) => Effect === 'Deny')
}

function matches(patterns: Statement['Action'] = [], action: string): boolean {
  return [patterns].flat().some((pattern) => {
    const expression = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${expression}$`, 'i').test(action)
  })
}

/** Those that stand in the role itself. */
export async function policiesOf(RoleName: string, { iam }: Clients): Promise<Policy[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }))
  const read = PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })))
  return (await Promise.all(read)).map((it) => JSON.parse(decodeURIComponent(it.PolicyDocument ?? '{}')) as Policy)
}
