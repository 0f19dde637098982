import type { Call } from '../calls.ts'
import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { objects, type Rule, text } from './rule.ts'

/** 16 KB, as it is before it is encoded. */
const userData: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html',
  before(call) {
    if (call.service !== 'ec2' || call.action !== 'RunInstances') return undefined
    const size = Buffer.from(text(call, 'UserData'), 'base64').length
    return size > 16_384 ? errorAnswer(call, 'InvalidParameterValue', 'User data is limited to 16384 bytes') : undefined
  },
}

/** 4 KB in the standard tier, 8 KB in the advanced one. */
const parameters: Rule = {
  page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
  before(call) {
    if (call.service !== 'ssm' || call.action !== 'PutParameter') return undefined
    const size = Buffer.byteLength(text(call, 'Value'))
    if (size <= (text(call, 'Tier') === 'Advanced' ? 8_192 : 4_096)) return overwriting(call)
    const most = 'Standard tier parameters support a maximum parameter value of 4096 characters.'
    return errorAnswer(call, 'ValidationException', most)
  },
}

/** Tags only come with a parameter that is new (API_PutParameter, Tags). */
function overwriting(call: Call): WireAnswer | undefined {
  if (call.parameters.Overwrite !== true || objects(call, 'Tags').length === 0) return undefined
  return errorAnswer(call, 'ValidationException', "Invalid request: tags and overwrite can't be used together.")
}

/** Names and values of tags, and how many. */
const tags: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions',
  before(call) {
    if (call.service !== 'ec2') return undefined
    const sets = [...objects(call, 'TagSpecification').map(({ Tag }) => Tag), call.parameters.Tag]
    for (const set of sets.filter((it): it is Array<{ Key?: string; Value?: string }> => Array.isArray(it))) {
      if (set.length > 50) return errorAnswer(call, 'TagLimitExceeded', 'More than 50 tags specified')
      for (const { Key = '', Value = '' } of set) {
        if (Key.length === 0 || Key.length > 128 || Value.length > 256)
          return errorAnswer(call, 'InvalidParameterValue', `Tag '${Key}' is too long, or has no key`)
        if (/^aws:/i.test(Key))
          return errorAnswer(call, 'InvalidParameterValue', 'Tag keys starting with aws: are reserved')
      }
    }
    return undefined
  },
}

/** 255 characters of a narrow set, for the name and for the description of a group. */
const groups: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html',
  before(call) {
    if (call.service !== 'ec2' || call.action !== 'CreateSecurityGroup') return undefined
    for (const name of ['GroupName', 'GroupDescription'])
      if (!/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(text(call, name)))
        return errorAnswer(call, 'InvalidParameterValue', `Value for parameter ${name} is invalid`)
    return /^sg-/.test(text(call, 'GroupName'))
      ? errorAnswer(call, 'InvalidParameterValue', "Group names may not begin with 'sg-'")
      : undefined
  },
}

/** 64 characters for the name of a role, 128 for a profile's; 10,240 for all policies in a role. */
const roles: Rule = {
  page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
  before(call) {
    if (call.service !== 'iam') return undefined
    const [role, policy] = [text(call, 'RoleName'), text(call, 'PolicyDocument')]
    if (role.length > 64)
      return errorAnswer(call, 'ValidationError', 'roleName must have length less than or equal to 64')
    if (call.action === 'PutRolePolicy' && policy.replace(/\s/g, '').length > 10_240)
      return errorAnswer(call, 'LimitExceeded', 'Maximum policy size of 10240 bytes exceeded for role', 409)
    return undefined
  },
}

export const sizes: readonly Rule[] = [userData, parameters, tags, groups, roles]
