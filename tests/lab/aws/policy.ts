import { GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam'
import type { Clients } from './clients.ts'

/** As much of an IAM policy as tells which actions it allows; resources and conditions count where a call tells them. */
export interface Policy {
  Statement: Statement | readonly Statement[]
}

interface Statement {
  Effect: 'Allow' | 'Deny'
  Action?: string | readonly string[]
  NotAction?: string | readonly string[]
  Resource?: string | readonly string[]
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** What of a call is known beside its action; what is not known is not looked at. */
export interface Circumstances {
  /** ARN */
  resource?: string
  /** 'cloudwatch:namespace' -> its value. */
  keys?: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function allows(policies: readonly Policy[], action: string, at: Circumstances = {}): boolean {
  const statements = policies.flatMap(({ Statement }) => Statement)
  const named = statements.filter(({ Action, NotAction }) =>
    NotAction === undefined ? matches(Action, action) : !matches(NotAction, action),
  )
  const about = named.filter((it) => fits(it, at))
  return about.some(({ Effect }) => Effect === 'Allow') && !about.some(({ Effect }) => Effect === 'Deny')
}

function fits({ Resource, Condition = {} }: Statement, { resource, keys = {} }: Circumstances): boolean {
  if (resource !== undefined && Resource !== undefined && !matches(Resource, resource)) return false
  const equal = Object.entries(Condition.StringEquals ?? {})
  return equal.every(([key, value]) => keys[key] === undefined || [value].flat().includes(keys[key]))
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
