import { changeOf, differs } from '../../engine/define.ts'
import type { Address, Context } from '../../engine/resource.ts'
import { isAws, unlessAbsent } from '../errors.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { roleName } from '../role/role.ts'
import { type AwsStack, foreign, ownership, tagsOf } from '../stack.ts'

export interface InstanceProfile {
  /** Names of the roles in it: one at most (API_AddRoleToInstanceProfile). */
  roles: readonly string[]
}

const address = 'aws.instance-profile/machine'

/** How a machine is given its role. */
export function instanceProfile(
  stack: AwsStack,
  dependsOn: readonly Address[],
): AwsResource<readonly string[], InstanceProfile> {
  const { aws } = stack
  const name = roleName(stack)
  const InstanceProfileName = name

  async function put(ctx: Context): Promise<InstanceProfile> {
    // A profile or role that was made a moment ago may not be known everywhere.
    const add = () =>
      aws.call('iam:AddRoleToInstanceProfile', { InstanceProfileName, RoleName: name }, ctx).catch((error: unknown) => {
        // It holds a role already, and only ours was ever put there.
        if (!isAws(error, 'LimitExceeded', 'LimitExceededException')) throw error
      })
    await repeated(add, address, ['NoSuchEntity', 'NoSuchEntityException'], ctx)
    return { roles: [name] }
  }

  return awsResource<readonly string[], InstanceProfile>(aws, {
    address,
    label: 'instance profile',
    dependsOn,
    calls: {
      read: ['iam:GetInstanceProfile'],
      create: ['iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile'],
      update: ['iam:AddRoleToInstanceProfile'],
      delete: ['iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'],
    },
    duplicates: ['EntityAlreadyExists', 'EntityAlreadyExistsException'],
    desired: () => [name],
    async read(ctx) {
      const found = await unlessAbsent(aws.call('iam:GetInstanceProfile', { InstanceProfileName }, ctx))
      if (!found) return undefined
      if (ownership(stack, address, found.InstanceProfile?.Tags) === 'foreign')
        throw foreign('an instance profile', name)
      return { roles: (found.InstanceProfile?.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []) }
    },
    diff: (wanted, actual) => changeOf(differs('role', actual.roles, wanted)),
    async create(_, ctx) {
      await aws.call('iam:CreateInstanceProfile', { InstanceProfileName, Tags: tagsOf(stack, address) }, ctx)
      return put(ctx)
    },
    update: (_, __, ctx) => put(ctx),
    // The role goes out first, else DeleteConflict: API_DeleteInstanceProfile.
    async delete(actual, ctx) {
      for (const RoleName of actual.roles) {
        const input = { InstanceProfileName, RoleName }
        await unlessAbsent(aws.call('iam:RemoveRoleFromInstanceProfile', input, ctx))
      }
      await unlessAbsent(aws.call('iam:DeleteInstanceProfile', { InstanceProfileName }, ctx))
    },
  })
}
