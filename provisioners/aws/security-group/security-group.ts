import { changeOf, differs } from '../../engine/define.ts'
import type { Address, Change, Context } from '../../engine/resource.ts'
import { isAws, unlessAbsent } from '../errors.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, foreign, nameOf, onlyOne, ownership, tagsOf } from '../stack.ts'
import { type Rule, rulesOf, wantedRules } from './rules.ts'

export interface SecurityGroup {
  id: string
  vpcId: string
  rules: readonly Rule[]
  tagged: boolean
}

const address: Address = 'aws.security-group/web'

export interface SecurityGroupSettings {
  /** Networks that may reach SSH. */
  operators: readonly string[]
  vpcId(ctx: Context): Promise<string>
  dependsOn: readonly Address[]
}

/** The machine's wall: the shop's ports for everybody, SSH for operators. Rules that are not ours to give go. */
export function securityGroup(
  stack: AwsStack,
  settings: SecurityGroupSettings,
): AwsResource<readonly Rule[], SecurityGroup> {
  const { aws } = stack
  const name = nameOf(stack, 'web')
  return awsResource<readonly Rule[], SecurityGroup>(aws, {
    address,
    label: 'security group',
    dependsOn: settings.dependsOn,
    calls: {
      read: ['ec2:DescribeSecurityGroups'],
      create: ['ec2:CreateSecurityGroup', 'ec2:CreateTags', 'ec2:DescribeVpcs', 'ec2:AuthorizeSecurityGroupIngress'],
      update: ['ec2:CreateTags', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      delete: ['ec2:DeleteSecurityGroup'],
    },
    duplicates: ['InvalidGroup.Duplicate'],
    desired: () => wantedRules(settings.operators),
    async read(ctx) {
      const Filters = [{ Name: 'group-name', Values: [name] }]
      const { SecurityGroups = [] } = await aws.call('ec2:DescribeSecurityGroups', { Filters }, ctx)
      const named = SecurityGroups.filter(({ GroupName }) => GroupName === name)
      const mine = named.filter(({ Tags }) => ownership(stack, address, Tags) !== 'foreign')
      if (mine.length === 0 && named.length > 0) throw foreign('a security group', name)
      const found = onlyOne(mine, 'security groups', ({ GroupId }) => GroupId)
      if (!found) return undefined
      return {
        id: found.GroupId ?? '',
        vpcId: found.VpcId ?? '',
        rules: rulesOf(found.IpPermissions),
        tagged: ownership(stack, address, found.Tags) === 'ours',
      }
    },
    diff: compareRules,
    async create(wanted, ctx) {
      const input = {
        GroupName: name,
        Description: `The book shop ${stack.name}`,
        VpcId: await settings.vpcId(ctx),
        TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tagsOf(stack, address) }],
      }
      // A network that was made a moment ago may not be seen yet.
      const make = () => aws.call('ec2:CreateSecurityGroup', input, ctx)
      const { GroupId: id = '' } = await repeated(make, address, ['InvalidVpcID.NotFound'], ctx)
      return mend(wanted, { id, vpcId: '', rules: [], tagged: true }, ctx)
    },
    update: mend,
    // Interfaces of a machine that has just ended hold on to it for a while: API_DeleteSecurityGroup.
    delete: (actual, ctx) =>
      repeated(
        async () => void (await unlessAbsent(aws.call('ec2:DeleteSecurityGroup', { GroupId: actual.id }, ctx))),
        address,
        ['DependencyViolation', 'InvalidGroup.InUse'],
        ctx,
      ),
    detail: ({ id }) => id,
  })

  async function mend(wanted: readonly Rule[], actual: SecurityGroup, ctx: Context): Promise<SecurityGroup> {
    const { missing, extra } = difference(wanted, actual.rules)
    const change = (operation: 'Authorize' | 'Revoke', rules: readonly Rule[]) =>
      aws.call(
        `ec2:${operation}SecurityGroupIngress`,
        { GroupId: actual.id, IpPermissions: rules.map(({ permission }) => permission) },
        ctx,
      )
    if (!actual.tagged) await aws.call('ec2:CreateTags', { Resources: [actual.id], Tags: tagsOf(stack, address) }, ctx)
    if (extra.length > 0) await change('Revoke', extra)
    // A group may not be seen yet right after it was made. One by one, since one that is there refuses all of them.
    for (const rule of missing) {
      const authorize = async () => void (await change('Authorize', [rule]).catch(tolerateDuplicate))
      await repeated(authorize, address, ['InvalidGroup.NotFound'], ctx)
    }
    return { ...actual, rules: wanted, tagged: true }
  }
}

/** Pure. */
export function compareRules(wanted: readonly Rule[], actual: SecurityGroup): Change {
  const { missing, extra } = difference(wanted, actual.rules)
  return changeOf(
    ...extra.map(({ text }) => differs('rule', text, undefined)),
    ...missing.map(({ text }) => differs('rule', undefined, text)),
    differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete'),
  )
}

function difference(wanted: readonly Rule[], actual: readonly Rule[]) {
  const texts = (rules: readonly Rule[]) => new Set(rules.map(({ text }) => text))
  const [want, have] = [texts(wanted), texts(actual)]
  return { missing: wanted.filter(({ text }) => !have.has(text)), extra: actual.filter(({ text }) => !want.has(text)) }
}

function tolerateDuplicate(error: unknown): void {
  if (!isAws(error, 'InvalidPermission.Duplicate')) throw error
}
