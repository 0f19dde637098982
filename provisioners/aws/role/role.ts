import { changeOf, differs } from '../../engine/define.ts'
import type { Context } from '../../engine/resource.ts'
import { unlessAbsent } from '../errors.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, foreign, nameOf, ownership, tagsOf } from '../stack.ts'
import { canonical, decoded, type MachineRights, machinePolicy, trustPolicy } from './policy.ts'

export interface Role {
  name: string
  trust: string
  /** Undefined where it is missing. */
  policy: string | undefined
  tagged: boolean
}

const address = 'aws.role/machine'
const policyName = 'machine'

/** IAM knows no regions, so the name has it: two stacks of one name in two regions have a role each. */
export const roleName = (stack: AwsStack) => nameOf(stack, stack.aws.region)

/** What the machine may do by itself. */
export function role(stack: AwsStack, rights: MachineRights): AwsResource<object, Role> {
  const { aws } = stack
  const RoleName = roleName(stack)
  const wishedPolicy = canonical(machinePolicy(rights))

  async function mend(actual: Role, ctx: Context): Promise<Role> {
    if (!actual.tagged) await aws.call('iam:TagRole', { RoleName, Tags: tagsOf(stack, address) }, ctx)
    if (actual.trust !== canonical(trustPolicy)) {
      const PolicyDocument = JSON.stringify(trustPolicy)
      await aws.call('iam:UpdateAssumeRolePolicy', { RoleName, PolicyDocument }, ctx)
    }
    if (actual.policy !== wishedPolicy) {
      const PolicyDocument = JSON.stringify(machinePolicy(rights))
      await aws.call('iam:PutRolePolicy', { RoleName, PolicyName: policyName, PolicyDocument }, ctx)
    }
    return { name: RoleName, trust: canonical(trustPolicy), policy: wishedPolicy, tagged: true }
  }

  return awsResource<object, Role>(aws, {
    address,
    label: 'role of the machine',
    dependsOn: [],
    calls: {
      read: ['iam:GetRole', 'iam:GetRolePolicy'],
      create: ['iam:CreateRole', 'iam:TagRole', 'iam:PutRolePolicy'],
      update: ['iam:TagRole', 'iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy'],
      delete: ['iam:DeleteRolePolicy', 'iam:DeleteRole'],
    },
    duplicates: ['EntityAlreadyExists', 'EntityAlreadyExistsException'],
    desired: () => ({}),
    async read(ctx) {
      const found = await unlessAbsent(aws.call('iam:GetRole', { RoleName }, ctx))
      if (!found) return undefined
      const whose = ownership(stack, address, found.Role?.Tags)
      if (whose === 'foreign') throw foreign('a role', RoleName)
      const policy = await unlessAbsent(aws.call('iam:GetRolePolicy', { RoleName, PolicyName: policyName }, ctx))
      return {
        name: RoleName,
        trust: canonical(decoded(found.Role?.AssumeRolePolicyDocument)),
        policy: policy && canonical(decoded(policy.PolicyDocument)),
        tagged: whose === 'ours',
      }
    },
    diff: (_, actual) =>
      changeOf(
        differs('trust', actual.trust, canonical(trustPolicy)),
        differs('policy', actual.policy, wishedPolicy),
        differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete'),
      ),
    async create(_, ctx) {
      const AssumeRolePolicyDocument = JSON.stringify(trustPolicy)
      await aws.call('iam:CreateRole', { RoleName, AssumeRolePolicyDocument, Tags: tagsOf(stack, address) }, ctx)
      return mend({ name: RoleName, trust: canonical(trustPolicy), policy: undefined, tagged: true }, ctx)
    },
    update: (_, actual, ctx) => mend(actual, ctx),
    // Its policies first, else DeleteConflict: API_DeleteRole.
    async delete(_, ctx) {
      await unlessAbsent(aws.call('iam:DeleteRolePolicy', { RoleName, PolicyName: policyName }, ctx))
      await unlessAbsent(aws.call('iam:DeleteRole', { RoleName }, ctx))
    },
  })
}
