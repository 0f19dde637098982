import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import type { Call } from '../calls.ts'
import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { everywhere, parseXml, textOf } from '../front/xml.ts'
import type { World } from '../world.ts'
import { isDryRun, type Rule, text } from './rule.ts'

interface Used {
  fingerprint: string
  /** Undefined when the call has failed: then its token is free again. */
  answer: Promise<WireAnswer | undefined>
  settle(answer: WireAnswer | undefined): void
  by: Call
}

/** The same token brings the same answer; other parameters with it, or an instance that is gone, are an error. */
export function clientTokens(): Rule {
  const used = new Map<string, Used>()
  return {
    page: 'https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html',
    async before(call, world) {
      const token = tokenOf(call)
      if (!token) return undefined
      if (!/^[\x21-\x7e]{1,64}$/.test(text(call, 'ClientToken')))
        return errorAnswer(call, 'InvalidParameterValue', 'ClientToken must have 1 to 64 ASCII characters')
      const earlier = used.get(token)
      const answer = await earlier?.answer
      if (earlier && answer) return again(earlier, answer, call, world)
      // Of two that waited for one that failed, the second waits for the first.
      const now = used.get(token)
      if (now && now !== earlier) return clientTokenRace(call)
      used.set(token, begin(call))
      return undefined
    },
    after(call, answer) {
      const token = tokenOf(call)
      const mine = token === undefined ? undefined : used.get(token)
      if (token === undefined || mine?.by !== call) return undefined
      const good = answer.status < 300
      if (!good) used.delete(token)
      mine.settle(good ? answer : undefined)
      return undefined
    },
  }
}

function tokenOf(call: Call): string | undefined {
  const token = text(call, 'ClientToken')
  if (call.service !== 'ec2' || !token || isDryRun(call)) return undefined
  return `${call.region} ${call.action} ${token}`
}

function begin(call: Call): Used {
  let settle: Used['settle'] = () => {}
  const answer = new Promise<WireAnswer | undefined>((resolve) => {
    settle = resolve
  })
  return { fingerprint: fingerprintOf(call), answer, settle, by: call }
}

function fingerprintOf({ parameters }: Call): string {
  return JSON.stringify(parameters, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

async function again(earlier: Used, answer: WireAnswer, call: Call, world: World): Promise<WireAnswer> {
  if (earlier.fingerprint !== fingerprintOf(call))
    return errorAnswer(
      call,
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    )
  if (call.action !== 'RunInstances') return answer
  const ids = everywhere(parseXml(answer.body.toString()), 'instanceId').map((it) => textOf(it))
  const { Reservations } = await world.core.ec2.send(new DescribeInstancesCommand({ InstanceIds: ids }))
  const states = (Reservations ?? []).flatMap((it) => it.Instances ?? []).map((it) => it.State?.Name)
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  if (states.includes('terminated'))
    return errorAnswer(
      call,
      'IdempotentInstanceTerminated',
      'The request to launch an instance uses the same client token as a previous request for which the instance has been terminated.',
    )
  return answer
}

function clientTokenRace(call: Call): WireAnswer {
  return errorAnswer(call, 'RequestLimitExceeded', 'Request limit exceeded.', 503)
}
