import type { Call } from '../calls.ts'
import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { allows, type Circumstances, policiesOf } from '../policy.ts'
import type { World } from '../world.ts'
import { actionsOf } from './actions.ts'
import { type Rule, text } from './rule.ts'

/** Whoever has a policy may do what it allows; a machine with a role, what the role's policies allow. */
export const permissions: Rule = {
  page: 'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
  async before(call, world) {
    const role = world.roles.get(call.accessKey)
    if (role === undefined && !world.policy) return undefined
    const policies = role === undefined ? [world.policy ?? { Statement: [] }] : await policiesOf(role, world.core)
    const denied = actionsOf(call).find((action) => !allows(policies, action, circumstances(call)))
    return denied === undefined ? undefined : refusal(call, denied, world)
  },
}

function circumstances(call: Call): Circumstances {
  const [bucket, key, namespace] = [text(call, 'Bucket'), text(call, 'Key'), text(call, 'Namespace')]
  if (call.service === 's3' && bucket && key) return { resource: `arn:aws:s3:::${bucket}/${key}` }
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
  return call.service === 'cloudwatch' && namespace ? { keys: { 'cloudwatch:namespace': namespace } } : {}
}

function refusal(call: Call, action: string, { roles }: World): WireAnswer {
  const caller = roles.has(call.accessKey) ? `assumed-role/${roles.get(call.accessKey)}` : 'user/operator'
  const message = `User: arn:aws:iam::123456789012:${caller} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors
  if (call.service === 'ec2')
    return errorAnswer(
      call,
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${message}`,
      403,
    )
  if (['servicequotas', 'ssm', 'tagging'].includes(call.service))
    return errorAnswer(call, 'AccessDeniedException', message)
  return errorAnswer(call, 'AccessDenied', message, 403)
}
